//! How records are kept and forgotten.

use std::time::Duration;

use cachefn_core::{Error, Put};
use redis::{Value, cmd};

use super::RedisStorage;
use super::tokens::is_of_tag;
use crate::connection::Request;
use crate::frame;
use crate::scripts::DELETE_IF;

impl RedisStorage {
    pub(super) async fn write(
        &self,
        operation: &'static str,
        records: Vec<Put<'_>>,
    ) -> Result<(), Error> {
        let mut requests = Vec::with_capacity(records.len());
        for put in &records {
            self.add_write(put, &mut requests);
        }
        self.link.run_many(operation, requests).await.into_iter().try_for_each(|end| end.map(drop))
    }

    fn add_write(&self, put: &Put<'_>, requests: &mut Vec<Request>) {
        let group = self.names.group(put.name);
        let key = self.names.key(put.name, group);
        let Some(life) = life(put.keep.life) else {
            let mut command = cmd("UNLINK");
            command.arg(&key);
            requests.push(self.link.request(&key, command));
            return;
        };
        let tokens = put.keep.tokens;
        let frame = frame::record(frame::takes(tokens).then_some(tokens), &put.record);
        let mut command = cmd("SET");
        command.arg(&key).arg(frame);
        if let Life::Milliseconds(life) = life {
            command.arg("PX").arg(life);
        }
        requests.push(self.link.request(&key, command));
        for token in tokens.iter().filter(|token| is_of_tag(token)) {
            let key = self.names.key(token, group);
            let command = match life {
                Life::Milliseconds(life) => {
                    let mut command = cmd("PEXPIRE");
                    command.arg(&key).arg(life + MARGIN).arg("GT");
                    command
                }
                Life::Endless => {
                    let mut command = cmd("PERSIST");
                    command.arg(&key);
                    command
                }
            };
            requests.push(self.link.request(&key, command));
        }
    }

    pub(super) async fn forget(
        &self,
        operation: &'static str,
        names: &[&[u8]],
    ) -> Result<usize, Error> {
        let forget = |name: &&[u8]| {
            let key = self.names.key(name, self.names.group(name));
            let mut command = cmd("UNLINK");
            command.arg(&key);
            self.link.request(&key, command)
        };
        let answers = self.link.run_many(operation, names.iter().map(forget).collect()).await;
        let mut gone = 0;
        for answer in answers {
            gone += usize::from(matches!(answer?, Value::Int(1..)));
        }
        Ok(gone)
    }

    pub(super) async fn forget_if(
        &self,
        operation: &'static str,
        name: &[u8],
        record: &[u8],
    ) -> Result<bool, Error> {
        let key = self.names.key(name, self.names.group(name));
        let request = self.link.script(&DELETE_IF, &[&key], &[record]);
        Ok(matches!(self.link.run(operation, request).await?, Value::Int(1..)))
    }
}

#[derive(Clone, Copy)]
enum Life {
    Milliseconds(u64),
    Endless,
}

/// How Redis says it; none for no life at all.
fn life(life: Option<Duration>) -> Option<Life> {
    let Some(life) = life else { return Some(Life::Endless) };
    let milliseconds = life.as_nanos().div_ceil(1_000_000);
    match u64::try_from(milliseconds) {
        Ok(0) => None,
        Ok(milliseconds) if milliseconds < ENDLESS => Some(Life::Milliseconds(milliseconds)),
        _ => Some(Life::Endless),
    }
}

/// Longer than anybody waits, and not too long for Redis.
const ENDLESS: u64 = 1_000 * 365 * 24 * 3_600 * 1_000;
/// A token outlives the record by so many milliseconds.
const MARGIN: u64 = 60_000;
