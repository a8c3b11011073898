//! Which server of a Cluster has which slots.

use std::sync::Arc;

use redis::Value;

use super::node::Node;

/// Masters and their slots, as some server knew them.
pub(super) struct Map {
    /// No two maps of a link have the same.
    pub(super) number: u64,
    /// In the order of slots.
    shards: Vec<Shard>,
}

/// A run of slots.
struct Shard {
    first: u16,
    last: u16,
    node: Arc<Node>,
}

impl Map {
    pub(super) fn none() -> Self {
        Map { number: 0, shards: Vec::new() }
    }

    pub(super) fn new(number: u64, ranges: Vec<(Range, Arc<Node>)>) -> Self {
        let shard =
            |(range, node): (Range, _)| Shard { first: range.first, last: range.last, node };
        let mut shards: Vec<Shard> = ranges.into_iter().map(shard).collect();
        shards.sort_by_key(|shard| shard.first);
        Map { number, shards }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    pub(super) fn owner(&self, slot: u16) -> Option<&Arc<Node>> {
        let at = self.shards.partition_point(|shard| shard.last < slot);
        let shard = self.shards.get(at)?;
        (shard.first <= slot).then_some(&shard.node)
    }

    /// Each master once, in the order of their first slots.
    pub(super) fn masters(&self) -> Vec<Arc<Node>> {
        let mut masters: Vec<Arc<Node>> = Vec::new();
        for shard in &self.shards {
            if !masters.iter().any(|node| Arc::ptr_eq(node, &shard.node)) {
                masters.push(shard.node.clone());
            }
        }
        masters
    }
}

/// Slots, and where the master that has them listens.
#[derive(Debug, PartialEq)]
pub(super) struct Range {
    first: u16,
    last: u16,
    /// None where the server that was asked does not know how it is reached.
    pub(super) host: Option<String>,
    pub(super) port: u16,
}

/// The answer to `CLUSTER SLOTS`.
pub(super) fn ranges(answer: &Value) -> Option<Vec<Range>> {
    let Value::Array(ranges) = answer else { return None };
    ranges.iter().map(range).collect()
}

fn range(value: &Value) -> Option<Range> {
    let Value::Array(parts) = value else { return None };
    let [first, last, Value::Array(master), ..] = &parts[..] else { return None };
    let [host, port, ..] = &master[..] else { return None };
    let host = text(host).filter(|host| !host.is_empty() && host != "?");
    Some(Range { first: number(first)?, last: number(last)?, host, port: number(port)? })
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
        Value::SimpleString(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: Value, port: i64) -> Value {
        Value::Array(vec![host, Value::Int(port), Value::BulkString(b"id".to_vec())])
    }

    #[test]
    fn answers_are_read_and_odd_ones_are_not() {
        let known = server(Value::BulkString(b"10.0.0.1".to_vec()), 7_000);
        let hidden = server(Value::Nil, 7_001);
        let answer = Value::Array(vec![
            Value::Array(vec![Value::Int(0), Value::Int(8_191), known.clone(), hidden.clone()]),
            Value::Array(vec![Value::Int(8_192), Value::Int(16_383), hidden]),
        ]);
        let read = ranges(&answer).expect("it is an answer");
        assert_eq!((read[0].host.as_deref(), read[0].port), (Some("10.0.0.1"), 7_000));
        assert_eq!((read[1].host.as_deref(), read[1].last), (None, 16_383));
        for odd in [Value::Okay, Value::Array(vec![known])] {
            assert_eq!(ranges(&odd), None);
        }
        assert_eq!(ranges(&Value::Array(vec![])), Some(vec![]));
    }
}
