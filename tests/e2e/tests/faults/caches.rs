//! Two caches of one name over the same servers, as two processes have them, and what they show.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cachefn_core::{Cache, EntryOptions, Error, Postcard, Storage, Tier};
use cachefn_e2e::table::Row;
use cachefn_redis::Redis;
use futures_util::future::join_all;

/// The source of values and two caches before it: one writes and invalidates, both read.
pub(crate) struct Caches {
    here: Cache<u32, u64>,
    there: Cache<u32, u64>,
    /// What the value of each key is now.
    truth: Arc<[AtomicU64]>,
    /// What the caches have acknowledged to forget everything older of.
    acknowledged: Vec<AtomicU64>,
}

/// What callers saw.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Calls of cached functions.
    pub(crate) calls: usize,
    /// Those among them that asked the source.
    pub(crate) fetched: usize,
    /// Explicit operations that succeeded.
    pub(crate) succeeded: usize,
    /// The kinds of errors of those that did not.
    pub(crate) kinds: BTreeSet<&'static str>,
}

/// Runs a case on an executor of its own.
pub(crate) fn run<T>(case: impl Future<Output = T>) -> T {
    let mut tokio = tokio::runtime::Builder::new_multi_thread();
    tokio.worker_threads(1).enable_all().build().expect("an executor").block_on(case)
}

impl Caches {
    /// Over two connections, with every key in the storage and half of them in memory.
    pub(crate) async fn over(here: &Redis, there: &Redis) -> Self {
        Self::over_storages(here.storage(), there.storage()).await
    }

    /// The same, over what each has before the servers.
    pub(crate) async fn over_storages(here: impl Storage, there: impl Storage) -> Self {
        let caches = Caches {
            here: cache(here),
            there: cache(there),
            truth: (0..KEYS).map(|_| AtomicU64::new(1)).collect(),
            acknowledged: (0..KEYS).map(|_| AtomicU64::new(0)).collect(),
        };
        caches.calls().await;
        let again = caches.calls().await;
        assert_eq!(again.fetched, 0, "what is kept is found again");
        caches
    }

    /// The same, over one server, with a time limit that a test can wait for.
    pub(crate) async fn at(url: &str) -> Self {
        let connect = || async {
            let builder = Redis::builder(url).timeout(TIMEOUT);
            builder.connect().await.unwrap_or_else(|error| panic!("{error}"))
        };
        Self::over(&connect().await, &connect().await).await
    }

    /// Everything that a program does, while something is wrong: calls of every key through both caches,
    /// every explicit operation, invalidations.
    pub(crate) async fn live(&self) -> Seen {
        let mut seen = self.calls().await;
        let ((), explicit) = (self.raise(0), self.explicit().await);
        seen.succeeded = explicit.succeeded;
        seen.kinds = explicit.kinds;
        seen.add(&self.calls().await);
        seen
    }

    /// Calls the cached function for every key in both processes. Those of the second ask the storage.
    pub(crate) async fn calls(&self) -> Seen {
        self.calls_of(0..KEYS).await
    }

    async fn calls_of(&self, keys: std::ops::Range<u32>) -> Seen {
        // An even key may be answered from memory; then it is this process that keeps it valid.
        let tier = |key| if key % 2 == 0 { Tier::Both } else { Tier::Storage };
        let here = join_all(keys.clone().map(|key| self.call(&self.here, key, tier(key)))).await;
        let there = join_all(keys.map(|key| self.call(&self.there, key, Tier::Storage))).await;
        let fetched = here.iter().chain(&there).filter(|fetched| **fetched).count();
        Seen { calls: here.len() + there.len(), fetched, ..Seen::default() }
    }

    /// Whether the other process finds what was set while something was wrong.
    pub(crate) async fn finds_what_was_set(&self) -> bool {
        self.there.get(&(KEYS + 2)).await == Ok(Some(2))
    }

    /// Waits until explicit operations succeed in both processes, invalidates everything that was asked
    /// for in vain, and sees that it holds.
    ///
    /// Returns how many of the keys had to be fetched although nobody has invalidated them.
    pub(crate) async fn recover(&self) -> usize {
        let mut last = String::new();
        for _ in 0..600 {
            match self.is_well().await {
                Ok(()) => return self.look_around().await,
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nothing works half a minute after the repair: {last}");
    }

    async fn look_around(&self) -> usize {
        // Key 0 may have been invalidated meanwhile.
        let lost = self.calls_of(1..KEYS).await.fetched;
        for key in 0..KEYS {
            self.raise(key);
            let told = match key % 4 {
                0 => self.here.delete(&key).await.map(drop),
                1 => self.there.invalidate_by_tag(&tag(key)).await,
                2 => self.here.invalidate_by_tag(&tag(key)).await,
                // The other process has it in the storage alone.
                _ => self.there.delete(&key).await.map(drop),
            };
            told.unwrap_or_else(|error| panic!("all is well, but: {error}"));
            self.acknowledge(key);
        }
        self.calls().await;
        let again = self.calls().await;
        assert_eq!(again.fetched, 0, "after the repair nothing is kept");
        lost
    }

    async fn is_well(&self) -> Result<(), Error> {
        for cache in [&self.here, &self.there] {
            cache.set_with(KEYS, 1, EntryOptions::new().tags(["well"])).await?;
            cache.peek(&KEYS).await?;
            cache.invalidate_by_tag("well").await?;
            cache.delete(&KEYS).await?;
        }
        Ok(())
    }

    /// One call; whether it asked the source. It must not fail, hang, or give what is too old.
    async fn call(&self, cache: &Cache<u32, u64>, key: u32, tier: Tier) -> bool {
        let due = self.acknowledged[key as usize].load(Ordering::SeqCst);
        let fetched = AtomicBool::new(false);
        let options = EntryOptions::new().tags([tag(key), "all".into()]).tier(tier);
        let fetch = async || {
            fetched.store(true, Ordering::Relaxed);
            self.truth[key as usize].load(Ordering::SeqCst)
        };
        let call = cache.get_or_fetch_with(&key, options, |_| fetch());
        let number = tokio::time::timeout(PATIENCE, call)
            .await
            .unwrap_or_else(|_| panic!("a cached call of key {key} does not return"));
        assert!(number >= due, "key {key}: {number} was seen, and {due} acknowledged");
        fetched.into_inner()
    }

    /// Every explicit operation, in the process that writes.
    async fn explicit(&self) -> Seen {
        let mut seen = Seen::default();
        let cache = &self.here;
        // Nobody calls these keys, and what is set can be read from memory whatever happens.
        let (one, two, unset) = (KEYS + 1, KEYS + 2, KEYS + 3);
        seen.end(cache.get(&unset).await);
        seen.end(cache.set(one, 1).await);
        seen.end(cache.set_many([(one, 1), (two, 2)]).await);
        seen.end(cache.get_many(&[unset]).await);
        seen.end(cache.delete(&one).await);
        seen.end(cache.invalidate_by_tags(&["a", "b"]).await);
        let key = 0;
        let told = cache.invalidate_by_tag(&tag(key)).await;
        if told.is_ok() {
            self.acknowledge(key);
        }
        seen.end(told);
        seen
    }

    /// The source has another value of a key.
    fn raise(&self, key: u32) {
        self.truth[key as usize].fetch_add(1, Ordering::SeqCst);
    }

    fn acknowledge(&self, key: u32) {
        let now = self.truth[key as usize].load(Ordering::SeqCst);
        self.acknowledged[key as usize].store(now, Ordering::SeqCst);
    }
}

impl Seen {
    fn end<T>(&mut self, outcome: Result<T, Error>) {
        match outcome {
            Ok(_) => self.succeeded += 1,
            Err(error) => drop(self.kinds.insert(error.kind().as_str())),
        }
    }

    pub(crate) fn add(&mut self, other: &Seen) {
        self.calls += other.calls;
        self.fetched += other.fetched;
        self.succeeded += other.succeeded;
        self.kinds.extend(&other.kinds);
    }

    /// Explicit operations failed, with no other kinds than these.
    pub(crate) fn failed_as(&self, expected: &[&str]) {
        let is_expected = self.kinds.iter().all(|kind| expected.contains(kind));
        assert!(is_expected && !self.kinds.is_empty(), "{self:?}, expected kinds {expected:?}");
    }

    /// No explicit operation failed.
    pub(crate) fn all_succeeded(&self) {
        assert_eq!(self.kinds, BTreeSet::new(), "{self:?}");
    }

    /// The row of this in the table.
    pub(crate) fn row(&self, fault: &str, lost: usize) -> Row {
        let Seen { calls, fetched, succeeded, kinds } = self;
        let words: Vec<&str> = kinds.iter().copied().collect();
        let explicit = match (words.is_empty(), *succeeded) {
            (true, _) => "succeed".to_owned(),
            (false, 0) => words.join(", "),
            (false, some) => format!("{some} succeed, else {}", words.join(", ")),
        };
        let lost = match lost {
            0 => "nothing".to_owned(),
            all if all >= ALL => "everything".to_owned(),
            some => format!("{some} of {ALL} entries"),
        };
        Row::new(fault)
            .calls(format!("{calls} answered, {fetched} fetched"))
            .explicit(explicit)
            .lost(lost)
    }
}

fn cache(storage: impl Storage) -> Cache<u32, u64> {
    let builder = Cache::builder("numbers").storage(storage).codec(Postcard);
    builder.ttl(Duration::from_secs(3600)).build().expect("a cache")
}

fn tag(key: u32) -> String {
    format!("tag:{key}")
}

/// How many keys are called.
pub(crate) const KEYS: u32 = 16;
/// As many calls of a round ask the storage for what only a loss can take away.
const ALL: usize = KEYS as usize - 1;
/// The time limit of a command.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(30);
