//! Tasks that call the cache without a pause, and note what they felt.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cachefn_core::Cache;

use crate::histogram::Histogram;
use crate::options::Options;
use cachefn_conformance::Random;

/// How far the run has come.
pub(crate) struct Progress {
    began: Instant,
    duration: Duration,
    most: u64,
    calls: AtomicU64,
}

impl Progress {
    pub(crate) fn begin(options: &Options) -> Arc<Self> {
        let (began, calls) = (Instant::now(), AtomicU64::new(0));
        let (duration, most) = (options.duration, options.calls);
        Arc::new(Progress { began, duration, most, calls })
    }

    /// 1 when it is over.
    pub(crate) fn part(&self) -> f64 {
        let by_time = self.began.elapsed().as_secs_f64() / self.duration.as_secs_f64();
        by_time.max(self.calls.load(Relaxed) as f64 / self.most as f64)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// What all callers count together.
#[derive(Default)]
pub(crate) struct Counts {
    /// Cached calls that brought another value than their key's.
    pub(crate) wrong: AtomicU64,
    /// Writes and deletes that the cache said had failed.
    pub(crate) told: AtomicU64,
    pub(crate) fetches: Arc<AtomicU64>,
}

pub(crate) type Times = Arc<Mutex<Histogram>>;

/// Calls until the run is over.
pub(crate) async fn call(
    cache: Cache<u64, String>,
    (progress, counts, times): (Arc<Progress>, Arc<Counts>, Times),
    mut random: Random,
    keys: u64,
) {
    while progress.part() < 1.0 {
        // Some keys are asked for far more often than others.
        let key = (random.part().powi(3) * keys as f64) as u64;
        let what = random.part();
        let began = Instant::now();
        if what < READS {
            let fetches = counts.fetches.clone();
            let fetch = move || async move {
                fetches.fetch_add(1, Relaxed);
                tokio::time::sleep(FETCH).await;
                value(key)
            };
            let found = cache.get_or_fetch_shared(&key, fetch).await;
            counts.wrong.fetch_add(u64::from(found != value(key)), Relaxed);
        } else {
            let result = if what < READS_AND_WRITES {
                cache.set(key, value(key)).await
            } else {
                cache.delete(&key).await.map(drop)
            };
            counts.told.fetch_add(u64::from(result.is_err()), Relaxed);
        }
        let took = began.elapsed();
        times.lock().expect("nobody panics with it").add(took);
        if progress.calls.fetch_add(1, Relaxed) % 64 == 0 {
            // A hit never waits, and other tasks want the thread too.
            tokio::task::yield_now().await;
        }
    }
}

fn value(key: u64) -> String {
    format!("value {key:080}")
}

const READS: f64 = 0.95;
const READS_AND_WRITES: f64 = 0.99;
/// How long it takes to make a value.
const FETCH: Duration = Duration::from_millis(1);
