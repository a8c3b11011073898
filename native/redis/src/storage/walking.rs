//! Walks over names, in bounded steps, on all servers.

use bytes::Bytes;
use cachefn_core::{Error, Page};
use redis::{Value, cmd};

use super::RedisStorage;

impl RedisStorage {
    pub(super) async fn step(
        &self,
        operation: &'static str,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> Result<Page, Error> {
        let cursor = if cursor.is_empty() { b"0" } else { cursor };
        let mut command = cmd("SCAN");
        command.arg(cursor).arg("MATCH").arg(self.names.pattern(prefix));
        command.arg("COUNT").arg(limit.clamp(LEAST, MOST));
        let answer = self.link.run(operation, self.link.request(b"", command)).await?;
        let Value::Array(parts) = answer else { return Err(odd(operation)) };
        let [Value::BulkString(next), Value::Array(keys)] = &parts[..] else {
            return Err(odd(operation));
        };
        let names = keys.iter().filter_map(|key| match key {
            Value::BulkString(key) => self.names.name(key),
            _ => None,
        });
        let names = names.filter(|name| name.starts_with(prefix)).map(Bytes::copy_from_slice);
        let next = (next != b"0").then(|| Bytes::copy_from_slice(next));
        Ok(Page::new(names.collect(), next))
    }
}

fn odd(operation: &'static str) -> Error {
    Error::unavailable(operation, "redis answered SCAN with something else")
}

/// How many names a server looks at in one step.
const LEAST: usize = 10;
const MOST: usize = 1_000;
