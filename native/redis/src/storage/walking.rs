//! Walks over names, in bounded steps, on one server after the other.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Page};
use redis::{Value, cmd};

use super::RedisStorage;
use crate::connection::Node;

/// Where a walk goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Place {
    /// Stands for all servers: when there are others, the walk begins anew.
    servers: u64,
    /// Which of them.
    server: u16,
    /// Stands for the connection: behind another one may be another server.
    epoch: u64,
    /// What the server said.
    cursor: u64,
}

impl RedisStorage {
    pub(super) async fn step(
        &self,
        operation: &'static str,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> Result<Page, Error> {
        let masters = self.link.masters(operation).await?;
        let servers = together(&masters);
        let mut place = match Place::read(cursor) {
            Some(place) if place.servers == servers => place,
            _ => Place { servers, ..Place::default() },
        };
        let Some(node) = masters.get(usize::from(place.server)) else {
            return Ok(Page::default());
        };
        let epoch = self.link.epoch(operation, node).await?;
        if place.epoch != epoch {
            place = Place { epoch, cursor: 0, ..place };
        }
        let mut command = cmd("SCAN");
        command.arg(place.cursor).arg("MATCH").arg(self.names.pattern(prefix));
        command.arg("COUNT").arg(limit.clamp(LEAST, MOST));
        let answer = self.link.run_at(operation, node, self.link.request(b"", command)).await?;
        let Some((next, keys)) = scanned(&answer) else {
            let odd = "redis answered SCAN with something else";
            return Err(Error::unavailable(operation, odd));
        };
        let names = keys.iter().filter_map(|key| match key {
            Value::BulkString(key) => self.names.name(key),
            _ => None,
        });
        let names = names.filter(|name| name.starts_with(prefix)).map(Bytes::copy_from_slice);
        let names = names.collect();
        place.cursor = next;
        if self.link.epoch(operation, node).await? != epoch {
            // It may have been another server that answered: what it said is found again.
            place.epoch = 0;
        } else if next == 0 {
            place = Place { servers, server: place.server + 1, epoch: 0, cursor: 0 };
        }
        let is_through = usize::from(place.server) >= masters.len();
        Ok(Page::new(names, (!is_through).then(|| place.bytes())))
    }
}

impl Place {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (servers, rest) = bytes.split_first_chunk()?;
        let (server, rest) = rest.split_first_chunk()?;
        let (epoch, rest) = rest.split_first_chunk()?;
        Some(Place {
            servers: u64::from_le_bytes(*servers),
            server: u16::from_le_bytes(*server),
            epoch: u64::from_le_bytes(*epoch),
            cursor: u64::from_le_bytes(rest.try_into().ok()?),
        })
    }

    fn bytes(self) -> Bytes {
        let (servers, server) = (self.servers.to_le_bytes(), self.server.to_le_bytes());
        let (epoch, cursor) = (self.epoch.to_le_bytes(), self.cursor.to_le_bytes());
        [&servers[..], &server, &epoch, &cursor].concat().into()
    }
}

/// The next cursor and the keys.
fn scanned(answer: &Value) -> Option<(u64, &[Value])> {
    let Value::Array(parts) = answer else { return None };
    let [Value::BulkString(next), Value::Array(keys)] = &parts[..] else { return None };
    Some((std::str::from_utf8(next).ok()?.parse().ok()?, keys))
}

/// A number for these servers in this order. FNV-1a.
fn together(nodes: &[Arc<Node>]) -> u64 {
    let bytes = nodes.iter().flat_map(|node| node.name().into_bytes().into_iter().chain([0]));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// How many names a server looks at in one step.
const LEAST: usize = 10;
const MOST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bytes_and_other_bytes_are_no_place() {
        let place = Place { servers: 7, server: 2, epoch: 3, cursor: u64::MAX };
        assert_eq!(Place::read(&place.bytes()), Some(place));
        for other in [&b""[..], b"0", &place.bytes()[1..], &[&place.bytes()[..], b"0"].concat()] {
            assert_eq!(Place::read(other), None);
        }
    }
}
