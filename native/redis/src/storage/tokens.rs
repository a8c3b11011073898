//! Tokens: read, replaced, and made where there are none.

use cachefn_core::{Error, Token};
use redis::{Value, cmd};

use super::RedisStorage;
use super::lives::{Life, set};
use crate::connection::Request;
use crate::frame;
use crate::scripts::CREATE;

impl RedisStorage {
    pub(super) async fn read_tokens(
        &self,
        operation: &'static str,
        names: &[&[u8]],
    ) -> Result<Vec<Option<Token>>, Error> {
        let request = |name: &&[u8]| self.tokens_request(&[name]);
        let answers = self.link.run_many(operation, names.iter().map(request).collect()).await;
        answers.into_iter().map(|answer| Ok(read_tokens(answer?).next().flatten())).collect()
    }

    /// Asks for tokens of one slot.
    pub(super) fn tokens_request(&self, names: &[&[u8]]) -> Request {
        let key = |name: &&[u8]| self.names.key(name, self.names.group(name));
        let keys: Vec<Vec<u8>> = names.iter().map(key).collect();
        // GET fails over another type, where this finds nothing.
        let mut command = cmd("MGET");
        command.arg(&keys);
        self.link.request(keys.first().map_or(&[], |key| &**key), command)
    }

    pub(super) async fn put_tokens(
        &self,
        operation: &'static str,
        tokens: &[(&[u8], Token)],
    ) -> Result<(), Error> {
        if self.link.has_slots() {
            return self.put_tokens_in_groups(operation, tokens).await;
        }
        let request = |(name, token): &(&[u8], Token)| {
            let key = self.names.key(name, self.names.group(name));
            let command = set(&key, &frame::token(*token), Life::of_new_token(name));
            self.link.request(&key, command)
        };
        let answers = self.link.run_many(operation, tokens.iter().map(request).collect()).await;
        answers.into_iter().try_for_each(|answer| answer.map(drop))
    }

    pub(super) async fn make_tokens(
        &self,
        operation: &'static str,
        wanted: &[(&[u8], Token)],
    ) -> Result<Vec<Token>, Error> {
        let request = |(name, token): &(&[u8], Token)| {
            let key = self.names.key(name, self.names.group(name));
            let life = Life::of_new_token(name).text();
            self.link.script(&CREATE, &[&key], &[&frame::token(*token), life.as_bytes()])
        };
        let answers = self.link.run_many(operation, wanted.iter().map(request).collect()).await;
        let token = |answer: Result<Value, Error>| {
            let there = read_tokens(answer?).next().flatten();
            there.ok_or_else(|| Error::unavailable(operation, "redis returned no token"))
        };
        answers.into_iter().map(token).collect()
    }
}

pub(super) fn read_tokens(answer: Value) -> impl Iterator<Item = Option<Token>> {
    let all = match answer {
        Value::Array(all) => all,
        _ => Vec::new(),
    };
    all.into_iter().map(|value| match value {
        Value::BulkString(bytes) => frame::read_token(&bytes),
        _ => None,
    })
}
