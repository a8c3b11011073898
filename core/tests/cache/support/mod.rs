//! What the tests share: tasks that they poll themselves, and a storage that does as it is told.

mod store;
mod tasks;

pub(crate) use store::{Mood, Store};
pub(crate) use tasks::{Background, Task, Tasks, finish};

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) use cachefn_conformance::Random;
use cachefn_core::{
    Builder, Cache, CacheKey, CacheValue, Event, KeyText, ManualClock, Postcard, Subscription,
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Calls for what a call does, not for what it answers.
pub(crate) fn ignore<T>(_: T) {}

/// A clock that shows so many milliseconds, because many mistakes hide at 0.
pub(crate) fn clock() -> ManualClock {
    let clock = ManualClock::new();
    clock.advance(ms(1_000_000));
    clock
}

/// The settings of a cache named `c` over a storage.
pub(crate) fn over<K, V>(store: &Store, clock: &ManualClock) -> Builder<Cache<K, V>>
where
    K: CacheKey + KeyText,
    V: CacheValue + Serialize + DeserializeOwned,
{
    Cache::builder("c").storage(store.clone()).codec(Postcard).clock(clock.clone())
}

/// A cache over a storage, and nothing else that could matter.
pub(crate) fn plain(store: &Store) -> Cache<u32, u32> {
    over(store, &clock()).build().unwrap()
}

/// What was told, as texts: kind, key, cause, as far as there are any.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn of<K, V>(cache: &Cache<K, V>) -> (Self, Subscription<K>)
    where
        K: CacheKey + Hash + Eq + Debug,
        V: CacheValue,
    {
        let log = Log::default();
        let told = log.clone();
        let subscription = cache.subscribe(move |event: &Event<K>| {
            let mut text = event.kind.to_string();
            if let Some(key) = &event.key {
                text += &format!(" {key:?}");
            }
            if let Some(cause) = event.cause {
                text += &format!(" {cause}");
            }
            told.0.lock().unwrap().push(text);
        });
        (log, subscription)
    }

    /// Everything since the last look.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// How often this was told.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|told| *told == text).count()
    }
}
