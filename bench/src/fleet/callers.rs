//! Tasks that call a cached function, set keys of their own, and note what they felt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use cachefn_core::Cache;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::place::value;
use crate::random::Random;

#[derive(Clone, Copy)]
pub struct Terms {
    pub tasks: usize,
    /// Of the function.
    pub keys: u32,
    pub seed: u64,
}

/// One call, or one set.
pub struct Done {
    pub key: u64,
    pub is_set: bool,
    pub began: Instant,
    pub ended: Instant,
    /// A set that was refused, or a call with another key's value.
    pub has_failed: bool,
}

pub struct Callers {
    ends: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Done>>>,
}

impl Callers {
    pub fn start(tokio: &Runtime, cache: &Cache<u64, String>, terms: Terms) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let task = |number: usize| {
            let random = Random::new(terms.seed + number as u64);
            // Keys of sets are no keys of calls, nor of another task.
            let first = u64::from(terms.keys) + number as u64 * 1_000_000;
            tokio.spawn(call(cache.clone(), ends.clone(), random, terms.keys, first))
        };
        let tasks = (0..terms.tasks).map(task).collect();
        Callers { ends, tasks }
    }

    /// What they did.
    pub fn end(self, tokio: &Runtime) -> Vec<Done> {
        self.ends.store(true, Relaxed);
        let all = async {
            let mut all = Vec::new();
            for task in self.tasks {
                all.extend(task.await.expect("a task does not panic"));
            }
            all
        };
        tokio.block_on(all)
    }
}

async fn call(
    cache: Cache<u64, String>,
    ends: Arc<AtomicBool>,
    mut random: Random,
    keys: u32,
    first: u64,
) -> Vec<Done> {
    let mut all = Vec::new();
    while !ends.load(Relaxed) {
        let is_set = all.len() % SETS == SETS - 1;
        let key = if is_set { first + all.len() as u64 } else { u64::from(random.below(keys)) };
        let began = Instant::now();
        let has_failed = if is_set {
            cache.set(key, value(key)).await.is_err()
        } else {
            cache.get_or_fetch(&key, || async { value(key) }).await != value(key)
        };
        all.push(Done { key, is_set, began, ended: Instant::now(), has_failed });
        tokio::time::sleep(PAUSE).await;
    }
    all
}

/// One of so many is a set.
const SETS: usize = 8;
/// Between two calls of a task: programs do something with a value, and the processors are few.
const PAUSE: Duration = Duration::from_millis(5);
