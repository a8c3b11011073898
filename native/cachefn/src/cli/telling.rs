//! What was written past every cache, told to those that run elsewhere: what they have in memory of it is older.

use std::collections::BTreeMap;

use cachefn_core::{Bus, Error, Invalidation, Message};
use cachefn_redis::RedisBus;

/// Keys that are still to be told.
pub(crate) struct Telling<'b> {
    bus: Option<&'b RedisBus>,
    /// By cache; no keys where there are too many to tell them one by one.
    waiting: BTreeMap<String, Option<Vec<String>>>,
    count: usize,
}

impl<'b> Telling<'b> {
    /// Without a bus nobody hears: the servers tell by themselves, or one process has the storage.
    pub(crate) fn new(bus: Option<&'b RedisBus>) -> Self {
        Telling { bus, waiting: BTreeMap::new(), count: 0 }
    }

    /// The storage has taken another entry under this key. It is told soon, or by [`rest`](Self::rest).
    pub(crate) async fn wrote(&mut self, namespace: &str, key: &str) {
        if self.bus.is_none() {
            return;
        }
        let keys = self.waiting.entry(namespace.into()).or_insert_with(|| Some(Vec::new()));
        match keys {
            Some(own) if own.len() < MOST => own.push(key.into()),
            _ => *keys = None,
        }
        self.count += 1;
        if self.count >= AT_ONCE {
            self.count = 0;
            // What fails stays, and is tried again.
            let _ = self.rest().await;
        }
    }

    /// Tells all that was not told yet.
    ///
    /// # Errors
    /// When nobody could be told; it may be tried again.
    pub(crate) async fn rest(&mut self) -> Result<(), Error> {
        let Some(bus) = self.bus else { return Ok(()) };
        while let Some(entry) = self.waiting.first_entry() {
            let messages = match entry.get() {
                Some(keys) => {
                    keys.chunks(AT_ONCE).map(|keys| Invalidation::Keys(keys.to_vec())).collect()
                }
                None => vec![Invalidation::Everything],
            };
            for what in messages {
                bus.publish(&Message::new(entry.key(), NOBODY, what)).await?;
            }
            entry.remove();
        }
        Ok(())
    }
}

/// So many keys go in one message.
const AT_ONCE: usize = 256;
/// If more of one cache could not be told, all of it is.
const MOST: usize = 64 * AT_ONCE;
/// Caches have random numbers, by which they know their own messages. A tool hears nothing.
const NOBODY: u128 = 0;
