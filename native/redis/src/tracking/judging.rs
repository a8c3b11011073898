//! Whether a change that the server tells of is one of others, and what it means then.

use std::collections::BTreeMap;
use std::sync::Arc;

use cachefn_core::{Invalidation, Message, Mode};
use redis::{Value, cmd};

use super::journal::{Journal, Print};
use super::meaning::{Meaning, is_token, meaning};
use crate::connection::{Link, Request};
use crate::frame;
use crate::names::Names;

/// What the server tells of in a moment, by the keys in Redis.
pub(super) struct Judge {
    pub(super) link: Link,
    pub(super) names: Names,
    pub(super) journal: Arc<Journal>,
    pub(super) origin: u128,
}

impl Judge {
    /// Tells what others would have said for changes of these keys: what is certain at once. Where it is not
    /// known whose a change is, the server is asked what it has now.
    pub(super) async fn judge(&self, keys: Vec<Vec<u8>>, tell: impl Fn(Message)) {
        let (mut told, mut asked) = (Told::default(), Vec::new());
        for key in keys {
            let Some(name) = self.names.name(&key) else { continue };
            let (Some(meaning), is_token) = (meaning(name), is_token(name)) else { continue };
            let known = self.journal.find(&key);
            // A change of a record is somebody's, unless it is ours. A token often changes its life alone.
            if is_token || known.is_some() {
                asked.push(Asked { key, meaning, known, is_token });
            } else {
                told.add(meaning);
            }
        }
        told.messages(self.origin).for_each(&tell);
        let mut told = Told::default();
        let questions = asked.iter().map(|asked| self.question(&asked.key)).collect();
        let answers = self.link.run_many("subscribe", questions).await;
        for (asked, answer) in asked.into_iter().zip(answers) {
            let there = match &answer {
                Ok(Value::BulkString(end)) => Some(&end[..]),
                Ok(Value::Nil) => Some(&b""[..]),
                _ => None,
            };
            if self.is_of_others(&asked, there) {
                told.add(asked.meaning);
            }
        }
        told.messages(self.origin).for_each(&tell);
    }

    fn question(&self, key: &[u8]) -> Request {
        let mut command = cmd("GETRANGE");
        command.arg(key).arg(-(Journal::END as i64)).arg(-1);
        self.link.request(key, command)
    }

    fn is_of_others(&self, asked: &Asked, there: Option<&[u8]>) -> bool {
        let Some(end) = there else { return true };
        if asked.is_token && frame::is_claim(end) {
            return false; // somebody is about to put a token there, which is told of then
        }
        let is_known = asked.known.is_some_and(|known| self.journal.is_of(known, end));
        match asked.known {
            _ if is_known => {}
            _ if asked.is_token => self.journal.note(&asked.key, self.journal.print(end)),
            Some(known) => self.journal.forget(&asked.key, known),
            None => {}
        }
        // A token that was never seen is one that nobody replaced since: whoever did has said so.
        let is_new = asked.is_token && asked.known.is_none() && !end.is_empty();
        !is_known && !is_new
    }
}

struct Asked {
    key: Vec<u8>,
    meaning: Meaning,
    known: Option<Print>,
    is_token: bool,
}

/// What is to be told, gathered.
#[derive(Default)]
struct Told {
    keys: BTreeMap<String, Vec<String>>,
    /// By the scope and whether they only expire.
    tags: BTreeMap<(String, bool), Vec<String>>,
    everything: Vec<String>,
}

impl Told {
    fn add(&mut self, Meaning { namespace, what }: Meaning) {
        match what {
            Invalidation::Keys(texts) => self.keys.entry(namespace).or_default().extend(texts),
            Invalidation::Tags(tags, mode) => {
                self.tags.entry((namespace, mode == Mode::Expire)).or_default().extend(tags);
            }
            _ => self.everything.push(namespace),
        }
    }

    fn messages(mut self, origin: u128) -> impl Iterator<Item = Message> {
        self.everything.dedup();
        let everything = self.everything.into_iter().map(|name| (name, Invalidation::Everything));
        let tags = self.tags.into_iter().map(|((scope, expires), mut tags)| {
            tags.sort_unstable();
            tags.dedup(); // there are copies of a token
            (scope, Invalidation::Tags(tags, if expires { Mode::Expire } else { Mode::Remove }))
        });
        let keys = self.keys.into_iter().map(|(name, keys)| (name, Invalidation::Keys(keys)));
        let all = everything.chain(tags).chain(keys);
        all.map(move |(namespace, what)| Message::new(namespace, origin, what))
    }
}
