//! What the tests share: one face over both caches, a record of events, a guard against hanging.

use std::fmt::Debug;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use cachefn_core::{Event, EventKind, ManualClock, MemoryCache, unsync};

/// Every test below it runs for the cache for many threads and for the one for one thread, each under
/// the name `Cache`.
#[macro_export]
macro_rules! faces {
    ($($(#[$note:meta])* fn $name:ident() $body:block)+) => {
        mod for_many_threads {
            #[allow(unused_imports)]
            use super::*;
            use cachefn_core::MemoryCache as Cache;
            $($(#[$note])* #[test] #[allow(unused_mut)] fn $name() $body)+
        }
        mod for_one_thread {
            #[allow(unused_imports)]
            use super::*;
            use cachefn_core::unsync::MemoryCache as Cache;
            $($(#[$note])* #[test] fn $name() $body)+
        }
    };
}

/// Reads that give owned values, whatever the face.
pub(crate) trait Reads<K, V> {
    /// `get`.
    fn value(&mut self, key: &K) -> Option<V>;
    /// `peek`.
    fn peeked(&mut self, key: &K) -> Option<V>;
}

impl<K: Hash + Eq + Clone, V: Clone> Reads<K, V> for MemoryCache<K, V> {
    fn value(&mut self, key: &K) -> Option<V> {
        self.get(key)
    }
    fn peeked(&mut self, key: &K) -> Option<V> {
        self.peek(key)
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Reads<K, V> for unsync::MemoryCache<K, V> {
    fn value(&mut self, key: &K) -> Option<V> {
        self.get(key).cloned()
    }
    fn peeked(&mut self, key: &K) -> Option<V> {
        self.peek(key).cloned()
    }
}

/// What was told, as texts: kind, key, cause, count, as far as there are any.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Everything since the last look.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// As `take`, where the order is not fixed.
    pub(crate) fn sorted(&self) -> Vec<String> {
        let mut told = self.take();
        told.sort();
        told
    }

    pub(crate) fn listener<K: Debug>(&self) -> impl Fn(&Event<K>) + Send + Sync + 'static {
        let log = self.clone();
        move |event| log.0.lock().unwrap().push(told(event))
    }

    /// Hears everything but hits and misses.
    pub(crate) fn changes<K: Debug>(&self) -> impl Fn(&Event<K>) + Send + Sync + 'static {
        let log = self.clone();
        move |event| {
            if !matches!(event.kind, EventKind::Hit | EventKind::Miss) {
                log.0.lock().unwrap().push(told(event));
            }
        }
    }
}

fn told<K: Debug>(event: &Event<K>) -> String {
    let mut text = event.kind.to_string();
    if let Some(key) = &event.key {
        text += &format!(" {key:?}");
    }
    if let Some(cause) = event.cause {
        text += &format!(" {cause}");
    }
    if let Some(count) = event.count {
        text += &format!(" ({count})");
    }
    text
}

/// Runs a test that could hang in a thread of its own, and fails instead of waiting for ever.
pub(crate) fn watched<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(catch_unwind(AssertUnwindSafe(run))));
    match ended.recv_timeout(Duration::from_secs(60)) {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => panic!("it hangs"),
    }
}

/// Whether running it panics; what it says then.
pub(crate) fn panics<T>(run: impl FnOnce() -> T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(run)).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or(panic.downcast_ref::<&str>().map(|text| (*text).into())).unwrap_or_default())
}

pub(crate) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A clock that shows so many milliseconds, because many mistakes hide at 0.
pub(crate) fn clock_at(milliseconds: u64) -> ManualClock {
    let clock = ManualClock::new();
    clock.advance(ms(milliseconds));
    clock
}

/// SplitMix64: seeded, so that a failure can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
