//! Records with their tokens, in one round trip.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Error, Found};
use redis::{Cmd, Value};

use super::RedisStorage;
use crate::frame;
use crate::names::{Group, namespace_token, scope};
use crate::scripts::READ;

impl RedisStorage {
    pub(super) async fn read(
        &self,
        operation: &'static str,
        name: &[u8],
    ) -> Result<Option<Found>, Error> {
        let group = self.names.group(name);
        let key = self.names.key(name, group);
        let namespace = namespace_token(name);
        let scope = scope(name);
        if self.hints.is_plain(scope) {
            if let Some(found) = self.read_plain(operation, &key, &namespace, group).await? {
                return Ok(found);
            }
        } else if let Some(head) = self.named.expected(name)
            && let Some(found) = self.read_named(operation, &key, &head, group).await?
        {
            return Ok(found);
        }
        let request = self.link.script(&READ, &[&key], &[&self.names.before(group)]);
        let answer = self.link.run(operation, request).await?;
        let Value::Array(all) = answer else { return Ok(None) };
        let Some(Value::Array(parts)) = all.into_iter().next() else { return Ok(None) };
        if let Some(Value::BulkString(frame)) = parts.first() {
            self.hints.saw(scope, frame::names_only(frame, &namespace));
            // To ask for no tokens is an error.
            let head = frame::head(frame).filter(|head| frame::names(head).next().is_some());
            head.into_iter().for_each(|head| self.named.saw(name, head));
        }
        Ok(found(Value::Array(parts)))
    }

    /// A record that is expected to have no token but that of its namespace: three commands in one packet
    /// cost the server a fraction of a script. None if it has others, which are expected from now on, or
    /// is something else.
    async fn read_plain(
        &self,
        operation: &'static str,
        key: &[u8],
        namespace: &[u8],
        group: Group,
    ) -> Result<Option<Option<Found>>, Error> {
        let request = |name: &str, key: &[u8]| {
            let mut command = Cmd::with_capacity(2, name.len() + key.len());
            command.arg(name).arg(key);
            self.link.request(key, command)
        };
        let token = self.names.key(namespace, group);
        // What is left is asked first: if another record comes between the two, this is too little. The
        // client reads values of their own faster than those in a list.
        let requests = [request("PTTL", key), request("GET", key), request("GET", &token)];
        let answers = self.link.run_made(operation, requests.into_iter()).await;
        let mut answers = answers.into_iter();
        let Some(left) = answers.next().transpose()? else { return Ok(None) };
        // The script can tell what is wrong with it.
        let Some(Ok(bytes)) = answers.next() else { return Ok(None) };
        let Value::BulkString(bytes) = bytes else { return Ok(Some(None)) };
        if !frame::names_only(&bytes, namespace) {
            self.hints.saw(scope(namespace), false);
            return Ok(None);
        }
        let token = answers.next().and_then(Result::ok).unwrap_or(Value::Nil);
        Ok(Some(found_in([Value::BulkString(bytes), left, token].into_iter())))
    }

    /// A record that is expected to name the tokens in this head, as [`read_plain`](Self::read_plain). None
    /// if it names others, or is something else.
    async fn read_named(
        &self,
        operation: &'static str,
        key: &[u8],
        head: &[u8],
        group: Group,
    ) -> Result<Option<Option<Found>>, Error> {
        let request = |name: &str, keys: &[&[u8]]| {
            let length: usize = keys.iter().map(|key| key.len()).sum();
            let mut command = Cmd::with_capacity(1 + keys.len(), name.len() + length);
            command.arg(name).arg(keys);
            self.link.request(key, command)
        };
        let tokens: Vec<Vec<u8>> =
            frame::names(head).map(|name| self.names.key(name, group)).collect();
        let tokens: Vec<&[u8]> = tokens.iter().map(|key| &**key).collect();
        let asked = [("PTTL", &[key][..]), ("GET", &[key]), ("MGET", &tokens)];
        let requests = asked.map(|(name, keys)| request(name, keys));
        let answers = self.link.run_made(operation, requests.into_iter()).await;
        let Ok([left, record, tokens]) = <[_; 3]>::try_from(answers) else { return Ok(None) };
        // The script can tell what is wrong with it.
        let (left, Ok(record)) = (left?, record) else { return Ok(None) };
        let Value::BulkString(bytes) = record else { return Ok(Some(None)) };
        let (true, Ok(Value::Array(tokens))) = (bytes.starts_with(head), tokens) else {
            return Ok(None);
        };
        let parts = [Value::BulkString(bytes), left].into_iter().chain(tokens);
        Ok(Some(found_in(parts)))
    }

    pub(super) async fn read_many(
        &self,
        operation: &'static str,
        names: &[&[u8]],
    ) -> Result<Vec<Option<Found>>, Error> {
        let mut groups: BTreeMap<Group, Vec<(usize, Vec<u8>)>> = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            let group = self.names.group(name);
            groups.entry(group).or_default().push((at, self.names.key(name, group)));
        }
        let (mut requests, mut places) = (Vec::new(), Vec::new());
        for (group, keys) in &groups {
            let before = self.names.before(*group);
            for some in keys.chunks(AT_ONCE) {
                let keys: Vec<&[u8]> = some.iter().map(|(_, key)| &**key).collect();
                requests.push(self.link.script(&READ, &keys, &[&before]));
                places.push(some);
            }
        }
        let mut all: Vec<Option<Found>> = names.iter().map(|_| None).collect();
        for (answer, places) in
            self.link.run_many(operation, requests).await.into_iter().zip(places)
        {
            for (found, (at, _)) in records(answer?).zip(places) {
                all[*at] = found;
            }
        }
        Ok(all)
    }
}

/// What the script says of each record.
fn records(answer: Value) -> impl Iterator<Item = Option<Found>> {
    let all = match answer {
        Value::Array(all) => all,
        _ => Vec::new(),
    };
    all.into_iter().map(found)
}

fn found(value: Value) -> Option<Found> {
    let Value::Array(parts) = value else { return None };
    found_in(parts.into_iter())
}

/// The frame, how long it is left, and its tokens.
fn found_in(mut parts: impl Iterator<Item = Value>) -> Option<Found> {
    let Some(Value::BulkString(bytes)) = parts.next() else { return None };
    let remaining = match parts.next() {
        Some(Value::Int(left)) if left >= 0 => Some(Duration::from_millis(left as u64)),
        _ => None,
    };
    let (record, with_tokens) = frame::read(Bytes::from(bytes))?;
    let mut found = Found::new(record);
    found.remaining = remaining;
    found.tokens = with_tokens.then(|| {
        parts
            .map(|token| match token {
                Value::BulkString(bytes) => frame::read_token(&bytes),
                _ => None,
            })
            .collect()
    });
    Some(found)
}

/// So many records at most are read by one call of the script, so that others get their turn.
const AT_ONCE: usize = 128;
