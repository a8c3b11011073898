//! Records beside copies of their tokens, as a Cluster needs it.
//!
//! Each token has a copy that decides, in the group of its own name, and copies in the other groups of its
//! scope, where records can be. To replace one writes the deciding copy first, then all others. A copy that is
//! not there, or differs from the deciding one, is claimed, then the deciding one is read, and the claim is
//! exchanged for that. Whoever replaces the token meanwhile overwrites the claim, and if that was before
//! the claim, the deciding copy is new already. So no copy ever becomes a token that was replaced, even if
//! Redis evicts what it wants; and a claim that is left behind is a miss, for some seconds.

use std::collections::{BTreeMap, BTreeSet};

use cachefn_core::{Error, Put, Token};
use redis::Value;

use super::RedisStorage;
use super::lives::{Life, set};
use crate::connection::Request;
use crate::frame;
use crate::names::Group;
use crate::scripts::{EXCHANGE, TOUCH, WRITE};

/// A copy to be mended: what it is, and how long it must live.
struct Copy<'a> {
    token: &'a [u8],
    group: Group,
    is: Vec<u8>,
    life: Life,
}

/// What a request of [`RedisStorage::write_in_groups`] was about.
enum About<'a> {
    Record,
    Copies(Group, &'a [&'a [u8]], Life),
    Decides(&'a [u8]),
}

impl RedisStorage {
    /// Keeps records beside copies of their tokens; the copies that decide, as they were then.
    pub(super) async fn write_in_groups<'a>(
        &self,
        operation: &'static str,
        records: &[Put<'a>],
    ) -> Result<BTreeMap<&'a [u8], Vec<u8>>, Error> {
        let claim = claim();
        let (mut requests, mut about) = (Vec::new(), Vec::new());
        let mut touched: BTreeMap<&[u8], Life> = BTreeMap::new();
        for put in records {
            let group = self.names.group(put.name);
            let Some(life) = Life::of_record(put.keep.life) else {
                requests.push(self.unlink(&self.names.key(put.name, group)));
                about.push(About::Record);
                continue;
            };
            let tokens = put.keep.tokens;
            for token in tokens {
                let needed = life.of_token(token);
                let life = touched.entry(token).or_insert(needed);
                *life = needed.max(*life);
            }
            let are_beside = tokens.iter().all(|token| self.names.is_beside(token, group));
            if are_beside && frame::takes(tokens) && tokens.len() < MOST_TOKENS {
                requests.push(self.write_beside(put, group, life, &claim));
                about.push(About::Copies(group, tokens, life));
                if self.lease_of(put).is_some() {
                    // Its tokens are beside it by then.
                    let key = self.names.key(put.name, group);
                    let frame = frame::record(Some(tokens), &put.record);
                    requests.push(self.write_record(put, &key, &frame, life));
                    about.push(About::Record);
                }
            } else {
                let key = self.names.key(put.name, group);
                let frame = frame::record(None, &put.record);
                requests.push(self.write_record(put, &key, &frame, life));
                about.push(About::Record);
            }
        }
        for (token, life) in touched {
            let key = self.names.key(token, self.names.group(token));
            requests.push(self.link.script(&TOUCH, &[&key], &[life.text().as_bytes()]));
            about.push(About::Decides(token));
        }
        let answers = self.link.run_many(operation, requests).await;
        let (mut copies, mut decide) = (Vec::new(), BTreeMap::new());
        let mut end = Ok(());
        for (about, answer) in about.iter().zip(answers) {
            match (about, answer) {
                (About::Decides(token), Ok(Value::BulkString(bytes))) => {
                    decide.insert(*token, bytes);
                }
                (About::Copies(group, tokens, life), Ok(Value::Array(there))) => {
                    for (token, there) in tokens.iter().zip(there) {
                        let is = match there {
                            Value::BulkString(bytes) => bytes,
                            _ => claim.to_vec(),
                        };
                        let life = life.of_token(token);
                        copies.push(Copy { token, group: *group, is, life });
                    }
                }
                // Without knowing the deciding copy nothing is mended now.
                (About::Decides(_), _) | (_, Ok(_)) => {}
                (_, Err(error)) => end = end.and(Err(error)),
            }
        }
        let differs = |copy: &Copy<'_>| {
            let decides = decide.get(copy.token);
            self.names.group(copy.token) != copy.group && decides.is_some_and(|is| *is != copy.is)
        };
        copies.retain(|copy| differs(copy));
        let mut seen = BTreeSet::new();
        copies.retain(|copy| seen.insert((copy.token, copy.group)));
        if !copies.is_empty() {
            // What is not mended costs misses, and the next write tries again.
            let _ = self.mend(operation, copies, &claim).await;
        }
        end.map(|()| decide)
    }

    /// The record and its tokens' copies, in one step; the copies alone, if the record has a lease.
    fn write_beside(&self, put: &Put<'_>, group: Group, life: Life, claim: &[u8; 17]) -> Request {
        let tokens = put.keep.tokens;
        let frame = match self.lease_of(put) {
            Some(_) => Vec::new(),
            None => frame::record(Some(tokens), &put.record),
        };
        let mut keys = vec![self.names.key(put.name, group)];
        let mut arguments = vec![frame, life.text().into(), claim.to_vec(), CLAIM_LIFE.into()];
        for token in tokens {
            keys.push(self.names.key(token, group));
            arguments.push(life.of_token(token).text().into());
            let decides = self.names.group(token) == group;
            arguments.push(if decides { b"1".to_vec() } else { b"0".to_vec() });
        }
        let keys: Vec<&[u8]> = keys.iter().map(|key| &**key).collect();
        let arguments: Vec<&[u8]> = arguments.iter().map(|argument| &**argument).collect();
        self.link.script(&WRITE, &keys, &arguments)
    }

    /// Makes copies equal to those that decide.
    async fn mend(
        &self,
        operation: &'static str,
        copies: Vec<Copy<'_>>,
        claim: &[u8; 17],
    ) -> Result<(), Error> {
        let exchange = |copy: &Copy<'_>, is: &[u8], becomes: &[u8], life: &[u8]| {
            let key = self.names.key(copy.token, copy.group);
            self.link.script(&EXCHANGE, &[&key], &[is, becomes, life])
        };
        let unclaimed = copies.iter().filter(|copy| copy.is != claim);
        let claims = unclaimed.map(|copy| exchange(copy, &copy.is, claim, CLAIM_LIFE.as_bytes()));
        self.link.run_many(operation, claims.collect()).await.into_iter().try_for_each(done)?;
        let names: Vec<&[u8]> = copies.iter().map(|copy| copy.token).collect();
        let decide = self.read_tokens(operation, &names).await?;
        let known = copies.iter().zip(decide).filter_map(|(copy, token)| Some((copy, token?)));
        let fills = known.map(|(copy, token)| {
            exchange(copy, claim, &frame::token(token), copy.life.text().as_bytes())
        });
        self.link.run_many(operation, fills.collect()).await.into_iter().try_for_each(done)
    }

    /// Replaces the deciding copies, then all others.
    pub(super) async fn put_tokens_in_groups(
        &self,
        operation: &'static str,
        tokens: &[(&[u8], Token)],
    ) -> Result<(), Error> {
        let put = |name: &[u8], token: Token, group: Group| {
            let key = self.names.key(name, group);
            let command = set(&key, &frame::token(token), Life::of_new_token(name));
            self.link.request(&key, command)
        };
        let decide = tokens.iter().map(|(name, token)| put(name, *token, self.names.group(name)));
        self.link.run_many(operation, decide.collect()).await.into_iter().try_for_each(done)?;
        let copies = tokens.iter().flat_map(|(name, token)| {
            let own = self.names.group(name);
            let others = self.names.groups(name).into_iter().filter(move |group| *group != own);
            others.map(|group| put(name, *token, group))
        });
        self.link.run_many(operation, copies.collect()).await.into_iter().try_for_each(done)
    }
}

fn done(answer: Result<Value, Error>) -> Result<(), Error> {
    answer.map(drop)
}

/// Bytes that nobody else claims with, and that are no token.
fn claim() -> [u8; 17] {
    use std::hash::BuildHasher;
    let half = || std::collections::hash_map::RandomState::new().hash_one(0);
    let mut claim = frame::claim();
    claim[1..9].copy_from_slice(&u64::to_le_bytes(half()));
    claim[9..].copy_from_slice(&u64::to_le_bytes(half()));
    claim
}

/// Whoever claimed a copy has so many milliseconds to fill it.
const CLAIM_LIFE: &str = "10000";
/// A script takes no more.
const MOST_TOKENS: usize = 2_000;
