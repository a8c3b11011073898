//! One of the processes: it calls cached functions, invalidates, and writes down what it sees.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use cachefn_conformance::Random;
use cachefn_core::{Cache, EntryOptions, Error, Postcard, Tier};
use cachefn_e2e::clock::now;
use cachefn_e2e::diary::{By, Diary, Entry};
use cachefn_e2e::memory::resident;
use cachefn_e2e::truth::Truth;
use cachefn_redis::Redis;
use cachefn_tokio::{Guarded, TokioRuntime};

use crate::life::{KEYS, LEASE, Life, STALE_WHILE_LOST, TAGS, TIMEOUT, TTL};

/// Lives until its end is due, and leaves its diary.
pub(crate) fn live(life: &Life) -> ExitCode {
    let mut tokio = tokio::runtime::Builder::new_multi_thread();
    let tokio = tokio.worker_threads(2).enable_all().build().expect("an executor");
    match tokio.block_on(run(life)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("process {}: {error}", life.number);
            ExitCode::FAILURE
        }
    }
}

/// What the tasks of a process share.
struct Process {
    cache: Numbers,
    truth: Truth,
    diary: Diary,
    until: u64,
}

async fn run(life: &Life) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = TokioRuntime::current()?;
    let builder = match &life.urls[..] {
        [one] => Redis::builder(one),
        nodes => Redis::cluster(nodes.to_vec()),
    };
    let redis = builder.timeout(Duration::from_nanos(TIMEOUT)).connect().await?;
    // Over a Cluster they also agree on who makes a value.
    let cache = open(&redis, &runtime, life.urls.len() > 1)?;
    let (truth, diary) = (Truth::open(&life.truth())?, Diary::create(&life.diary())?);
    let process = Arc::new(Process { cache, truth, diary, until: life.until });
    let mut random = Random(life.seed ^ (life.number << 32));
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let (process, random) = (Arc::clone(&process), Random(random.draw()));
        tasks.push(tokio::spawn(async move { process.work(random).await }));
    }
    while now() < life.until {
        process.note_size(&runtime);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    for task in tasks {
        if let Err(error) = task.await {
            process.diary.note(&Entry::Failed { key: 0, began: now(), why: error.to_string() });
        }
    }
    let stats = process.cache.stats();
    process.cache.close().await.unwrap_or_else(|error| eprintln!("close: {error}"));
    let process = Arc::into_inner(process).expect("its tasks have ended");
    drop((process.cache, redis));
    let tasks = left(&runtime).await;
    process.diary.note(&Entry::End { tasks, words: format!("{stats:?}") });
    process.diary.finish()?;
    Ok(())
}

fn open(redis: &Redis, runtime: &TokioRuntime, has_leases: bool) -> Result<Numbers, Error> {
    let builder = Cache::builder("numbers")
        .storage(Guarded::new(redis.storage(), runtime.clone()))
        .codec(Postcard)
        .bus(redis.bus(runtime.clone()))
        .runtime(runtime.clone())
        .stale_while_lost(Duration::from_nanos(STALE_WHILE_LOST))
        .ttl(Duration::from_nanos(TTL))
        // Not all fit, so that the storage is asked often.
        .max_entries(KEYS as usize * 2 / 3);
    if has_leases {
        return builder.leases(redis.leases()).lease_time(Duration::from_nanos(LEASE)).build();
    }
    builder.build()
}

type Numbers = Cache<u32, u64>;

/// How many tasks there are when all that was open has had the time to end.
async fn left(runtime: &TokioRuntime) -> u64 {
    let alive = || {
        let metrics = tokio::runtime::Handle::current().metrics();
        metrics.num_alive_tasks().max(runtime.tasks()) as u64
    };
    for _ in 0..250 {
        if alive() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    alive()
}

impl Process {
    async fn work(&self, mut random: Random) {
        while now() < self.until {
            match random.below(100) {
                0..4 => self.delete(random.below(u64::from(KEYS)) as u32).await,
                4..7 => self.invalidate(random.below(u64::from(TAGS)) as u32).await,
                _ => self.call(&mut random).await,
            }
            tokio::time::sleep(Duration::from_millis(random.below(30))).await;
        }
    }

    async fn call(&self, random: &mut Random) {
        let key = random.below(u64::from(KEYS)) as u32;
        let tier = if random.below(5) == 0 { Tier::Storage } else { Tier::Both };
        let options = EntryOptions::new().tags([tag(key % TAGS)]).tier(tier);
        let takes = Duration::from_millis(random.below(6));
        let mut fetched = false;
        let fetch = async {
            fetched = true;
            // The source is asked first, so that the value is old when it comes.
            let number = self.truth.read(key);
            tokio::time::sleep(takes).await;
            number.map_err(|error| error.to_string())
        };
        let began = now();
        let call = self.cache.get_or_fetch_with(&key, options, |_| fetch);
        let answer: Result<Result<u64, String>, _> = tokio::time::timeout(PATIENCE, call).await;
        let entry = match answer {
            Ok(Ok(number)) => Entry::Call { key, began, ended: now(), number, fetched },
            Ok(Err(why)) => Entry::Failed { key, began, why },
            Err(_) => Entry::Failed { key, began, why: "a call did not return".into() },
        };
        self.diary.note(&entry);
    }

    async fn delete(&self, key: u32) {
        let numbers = vec![(key, self.truth.raise(key).expect("the truth is there"))];
        let began = now();
        let outcome = self.cache.delete(&key).await;
        self.note_invalidation(By::Key, began, outcome.map(drop), numbers);
    }

    async fn invalidate(&self, number: u32) {
        let keys = (0..KEYS).filter(|key| key % TAGS == number);
        let raise = |key| (key, self.truth.raise(key).expect("the truth is there"));
        let numbers: Vec<(u32, u64)> = keys.map(raise).collect();
        let began = now();
        let outcome = self.cache.invalidate_by_tag(&tag(number)).await;
        self.note_invalidation(By::Tag, began, outcome, numbers);
    }

    fn note_invalidation(
        &self,
        by: By,
        began: u64,
        outcome: Result<(), Error>,
        numbers: Vec<(u32, u64)>,
    ) {
        let error = outcome.err().map(|error| error.kind().as_str().to_owned());
        self.diary.note(&Entry::Invalidation { by, began, ended: now(), error, numbers });
    }

    fn note_size(&self, runtime: &TokioRuntime) {
        let (resident, tasks) = (resident().unwrap_or(0), runtime.tasks() as u64);
        self.diary.note(&Entry::Size { at: now(), resident, tasks });
    }
}

fn tag(number: u32) -> String {
    format!("tag:{number}")
}

/// Callers at a time in each process.
const TASKS: usize = 3;
/// A call that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);
