//! How records are kept and forgotten.

use std::collections::VecDeque;

use cachefn_core::{Error, Lease, Put, Token};
use redis::{Value, cmd};

use super::RedisStorage;
use super::lives::{Life, is_of_tag, set, set_record};
use super::tokens::read_tokens;
use crate::connection::Request;
use crate::frame;
use crate::scripts::{DELETE_IF, WRITE_UNDER};

impl RedisStorage {
    pub(super) async fn write(
        &self,
        operation: &'static str,
        records: Vec<Put<'_>>,
    ) -> Result<(), Error> {
        if self.link.has_slots() {
            return self.write_in_groups(operation, &records).await.map(drop);
        }
        // Each is made when it is sent.
        let (mut left, mut made) = (records.iter(), VecDeque::new());
        let requests = std::iter::from_fn(|| {
            while made.is_empty() {
                self.add_write(left.next()?, &mut made);
            }
            made.pop_front()
        });
        self.link.run_made(operation, requests).await.into_iter().try_for_each(|end| end.map(drop))
    }

    /// Keeps one record; the tokens that are there then, in the same round trip.
    pub(super) async fn write_telling(
        &self,
        operation: &'static str,
        put: Put<'_>,
    ) -> Result<Vec<Option<Token>>, Error> {
        let tokens = put.keep.tokens;
        if self.link.has_slots() {
            let decide = self.write_in_groups(operation, &[put]).await?;
            let token = |name: &&[u8]| frame::read_token(decide.get(name)?);
            return Ok(tokens.iter().map(token).collect());
        }
        let mut requests = VecDeque::with_capacity(2 + tokens.len());
        self.add_write(&put, &mut requests);
        requests.extend((!tokens.is_empty()).then(|| self.tokens_request(tokens)));
        let mut answers = self.link.run_made(operation, requests.into_iter()).await;
        let told = if tokens.is_empty() { None } else { answers.pop() };
        answers.into_iter().try_for_each(|answer| answer.map(drop))?;
        told.map_or(Ok(Vec::new()), |told| Ok(read_tokens(told?).collect()))
    }

    /// The commands that keep a record, and its tokens for as long, where there are no slots.
    fn add_write(&self, put: &Put<'_>, requests: &mut VecDeque<Request>) {
        let group = self.names.group(put.name);
        let Some(life) = Life::of_record(put.keep.life) else {
            requests.push_back(self.unlink(&self.names.key(put.name, group)));
            return;
        };
        let tokens = put.keep.tokens;
        let named = frame::takes(tokens).then_some(tokens);
        requests.push_back(match self.lease_of(put) {
            Some(_) => {
                let key = self.names.key(put.name, group);
                self.write_record(put, &key, &frame::record(named, &put.record), life)
            }
            // Without slots no key is asked for one.
            None => {
                let key = [self.names.prefix(), put.name];
                let bytes = put.name.len() + frame::length(named, &put.record) + BESIDE;
                self.link.request(&[], set_record(key, named, &put.record, life)).of_bytes(bytes)
            }
        });
        for token in tokens.iter().filter(|token| is_of_tag(token)) {
            let key = self.names.key(token, group);
            let command = match life.of_token(token) {
                Life::Milliseconds(life) => {
                    let mut command = cmd("PEXPIRE");
                    command.arg(&key).arg(life).arg("GT");
                    command
                }
                Life::Endless => {
                    let mut command = cmd("PERSIST");
                    command.arg(&key);
                    command
                }
            };
            requests.push_back(self.link.request(&key, command));
        }
    }

    /// The request that keeps a record: if its lease is held, where it has one that lies here.
    pub(super) fn write_record(
        &self,
        put: &Put<'_>,
        key: &[u8],
        frame: &[u8],
        life: Life,
    ) -> Request {
        match self.lease_of(put) {
            None => self.link.request(key, set(key, frame, life)),
            Some(token) => {
                let (lease, life) = (self.names.lease(put.name), life.text());
                let arguments = [&token.0[..], frame, life.as_bytes()];
                self.link.script(&WRITE_UNDER, &[key, &lease], &arguments)
            }
        }
    }

    /// The lease that a record depends on, if it lies beside it.
    pub(super) fn lease_of(&self, put: &Put<'_>) -> Option<Token> {
        let here = |lease: &Lease| lease.place == self.link.place();
        put.keep.lease.filter(here).map(|lease| lease.token)
    }

    pub(super) async fn forget(
        &self,
        operation: &'static str,
        names: &[&[u8]],
    ) -> Result<usize, Error> {
        let forget = |name: &&[u8]| self.unlink(&self.names.key(name, self.names.group(name)));
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

    pub(super) fn unlink(&self, key: &[u8]) -> Request {
        let mut command = cmd("UNLINK");
        command.arg(key);
        self.link.request(key, command)
    }
}

/// A request that keeps a record has about so many bytes besides its name and its frame.
const BESIDE: usize = 100;
