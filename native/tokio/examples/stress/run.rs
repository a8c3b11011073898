//! One run: what is opened, who calls, what is sampled, and how it all ends.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use cachefn_core::{Cache, Error, Postcard};
use cachefn_tokio::{Guarded, Health, Shutdown, State, TokioRuntime};

use crate::callers::{Counts, Progress, Times, call};
use crate::faults;
use crate::histogram::Histogram;
use crate::options::Options;
use crate::place::Place;
use crate::plot;
use crate::report::{Report, Sample};
use cachefn_conformance::Random;

/// Runs it all, on threads of its own; each line is told when it is known.
///
/// # Errors
/// The storage cannot be opened, or the picture not written.
pub(crate) fn run(options: &Options, tell: &mut dyn FnMut(&str)) -> Result<Report, Error> {
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let tokio = tokio.map_err(|error| Error::unavailable("stress", error))?;
    let report = tokio.block_on(within(options, tell))?;
    if let Some(path) = &options.plot {
        std::fs::write(path, plot::draw(&report))
            .map_err(|error| Error::unavailable("plot", error))?;
    }
    Ok(report)
}

async fn within(options: &Options, tell: &mut dyn FnMut(&str)) -> Result<Report, Error> {
    let runtime = TokioRuntime::current()?;
    let place = Place::open(&options.place, options.faults, options.seed).await?;
    let storage = Guarded::builder(place.storage, runtime.clone())
        .timeout(Duration::from_millis(100))
        .probe_every(Duration::from_millis(200))
        .build()?;
    let health = storage.health();
    let cache = Cache::<u64, String>::builder("stress")
        .max_entries((options.keys / 5).max(1) as usize)
        .ttl(Duration::from_secs(60))
        .storage(storage)
        .codec(Postcard)
        .runtime(runtime.clone())
        .build()?;
    let shutdown = Shutdown::new(runtime.clone());
    shutdown.add(cache.clone());

    let (progress, counts) = (Progress::begin(options), Arc::new(Counts::default()));
    let mut times: Vec<Times> = Vec::new();
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..options.concurrency {
        let own = Arc::new(Mutex::new(Histogram::new()));
        let random = Random(options.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let shared = (progress.clone(), counts.clone(), own.clone());
        callers.spawn(call(cache.clone(), shared, random, options.keys));
        times.push(own);
    }
    // The server ends with its last owner.
    let broken_by = place.broken_by;
    let breaks = tokio::spawn(faults::plan(broken_by.clone(), progress.clone()));
    let mut log = Log { times, health: health.clone(), total: Histogram::new(), samples: vec![] };
    let ended = async { while callers.join_next().await.is_some() {} };
    tokio::pin!(ended);
    while tokio::time::timeout(Duration::from_secs(1), &mut ended).await.is_err() {
        tell(&log.sample(progress.elapsed()).to_string());
    }
    let took = progress.elapsed();
    tell(&log.sample(took).to_string());
    breaks.await.map_err(|error| Error::unavailable("faults", error))?;
    recover(&cache, &health).await;
    let end = shutdown.end(Duration::from_secs(5)).await;
    drop(broken_by);
    Ok(Report {
        options: options.clone(),
        took,
        times: log.total,
        samples: log.samples,
        wrong: counts.wrong.load(Relaxed),
        told: counts.told.load(Relaxed),
        fetches: counts.fetches.load(Relaxed),
        stats: cache.stats(),
        status: health.status(),
        tasks: runtime.tasks(),
        left: end.left().iter().map(ToString::to_string).collect(),
    })
}

/// Asks until the storage answers again: a program that ends while it is down is another matter.
async fn recover(cache: &Cache<u64, String>, health: &Health) {
    for _ in 0..100 {
        if health.state() == State::Healthy {
            return;
        }
        let _ = cache.set(0, String::new()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What was felt so far.
struct Log {
    times: Vec<Times>,
    health: Health,
    total: Histogram,
    samples: Vec<Sample>,
}

impl Log {
    /// What was felt since the last one.
    fn sample(&mut self, now: Duration) -> &Sample {
        let mut since = Histogram::new();
        for times in &self.times {
            let mut times = times.lock().expect("nobody panics with it");
            since.merge(&times);
            *times = Histogram::new();
        }
        self.total.merge(&since);
        let before = self.samples.last().map_or(Duration::ZERO, |sample| sample.at);
        self.samples.push(Sample::new(now, now - before, &since, self.health.state()));
        self.samples.last().expect("it was pushed just now")
    }
}
