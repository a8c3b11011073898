//! Synchronous functions over storages, in threads and inside of executors.

use crate::*;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::private::followers_of;
use cachefn_core::{Cache, EventKind, NamedCache, Postcard, cachefn, with_cache};
use pollster::block_on;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Barrier, LazyLock, Mutex};
use std::thread;

const THREADS: usize = 8;

fn tiers(name: &'static str) -> Cache<(u64,), u64> {
    Cache::builder(name).storage(MapStorage::new()).codec(Postcard).build().unwrap()
}

fn slow_storage() -> Chaos<MapStorage> {
    Chaos::new(MapStorage::new(), 1).with(Faults::none().delays(1.0, 3))
}

#[test]
fn h_07_threads_wait_for_one_run() {
    static RUNS: Runs = Runs::new();
    static CACHE: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| tiers("threads"));
    #[cachefn(cache = CACHE)]
    fn slow(id: u64) -> u64 {
        RUNS.tick();
        while followers_of(&CACHE, &(id,)) < THREADS - 1 {
            thread::yield_now();
        }
        id + 1
    }
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                assert_eq!(slow(1), 2);
            });
        }
    });
    assert_eq!(RUNS.count(), 1);
}

#[test]
fn h_11_a_thread_takes_over_from_one_that_panicked() {
    static RUNS: Runs = Runs::new();
    static CACHE: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| tiers("panics"));
    #[cachefn(cache = CACHE)]
    fn fragile(id: u64) -> u64 {
        let run = RUNS.tick();
        while run == 1 && followers_of(&CACHE, &(id,)) < 1 {
            thread::yield_now();
        }
        assert!(run > 1, "the first run fails");
        id
    }
    let answers = thread::scope(|scope| {
        [scope.spawn(|| fragile(1)), scope.spawn(|| fragile(1))].map(|thread| thread.join().ok())
    });
    assert!(answers.contains(&Some(1)) && answers.contains(&None), "{answers:?}");
    assert_eq!((RUNS.count(), fragile(1)), (2, 1));
}

#[test]
fn s_23_a_value_survives_its_process_in_the_storage() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "survives", tags = ["n"], cache_if = |value| *value > 0)]
    fn square(number: u64) -> Result<u64, String> {
        RUNS.tick();
        if number == 9 { Err("nine".to_owned()) } else { Ok(number * number) }
    }
    let storage = MapStorage::new();
    for round in 0..3 {
        let cache = NamedCache::builder("survives").storage(storage.clone()).build().unwrap();
        with_cache("survives", &cache, || {
            assert_eq!((square(3), square(3)), (Ok(9), Ok(9)));
            assert_eq!((square(9).is_err(), square(0)), (true, Ok(0)), "neither is stored");
            if round == 1 {
                block_on(cache.invalidate_by_tag("n")).unwrap();
            }
        });
    }
    assert_eq!(RUNS.count(), 2 + 3 + 3);
}

#[test]
fn h_15_a_storage_that_lets_callers_wait_is_refused_with_the_first_call() {
    #[cachefn(cache = "remote")]
    fn named(id: u64) -> u64 {
        id
    }
    static CACHE: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| {
        let storage = slow_storage();
        Cache::builder("remote").storage(storage).codec(Postcard).build().unwrap()
    });
    #[cachefn(cache = CACHE)]
    fn given(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = "remote")]
    async fn asynchronous(id: u64) -> u64 {
        id
    }
    let storage = slow_storage();
    let cache = NamedCache::builder("remote").storage(storage).build().unwrap();
    let fault = with_cache("remote", &cache, || {
        assert_eq!(block_on(asynchronous(1)), 1);
        panic_of(|| named(1))
    });
    let advice = "lets its callers wait, which a synchronous function cannot; make the function async, \
                  or give the cache a storage that answers at once";
    assert!(fault.starts_with("build: the storage of the cache remote/"), "{fault}");
    assert!(fault.ends_with(advice), "{fault}");
    assert_eq!(panic_of(|| given(1)), format!("build: the storage of the cache remote {advice}"));
}

#[test]
fn s_19_a_storage_that_fails_or_does_not_keep_its_word_harms_no_call() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "chaos", id = "f", tier = storage)]
    fn plain(id: u64) -> u64 {
        RUNS.tick();
        id
    }
    let storage = Chaos::new(MapStorage::new(), 1);
    let cache = NamedCache::builder("chaos").storage(storage.clone()).build().unwrap();
    with_cache("chaos", &cache, || {
        assert_eq!((plain(1), plain(1), RUNS.count()), (1, 1, 1));
        for faults in [Faults::down(), Faults::none().delays(1.0, 3), Faults::frozen()] {
            storage.inject(faults);
            assert_eq!((plain(1), plain::refresh(1)), (1, 1));
        }
        assert_eq!(RUNS.count(), 7);
        storage.inject(Faults::none());
        assert_eq!((plain(1), RUNS.count()), (1, 7));
    });
}

#[test]
fn s_43_every_call_counts_one_hit_or_one_miss_whatever_the_tier() {
    static BOTH: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| tiers("both counted"));
    static STORAGE: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| tiers("storage counted"));
    #[cachefn(cache = BOTH)]
    fn in_both(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = STORAGE, tier = storage)]
    fn in_storage(id: u64) -> u64 {
        id
    }
    let counted = |cache: &Cache<(u64,), u64>| (cache.stats().hits, cache.stats().misses);
    assert_eq!((in_both(1), in_storage(1)), (1, 1));
    assert_eq!((counted(&BOTH), counted(&STORAGE)), ((0, 1), (0, 1)));
    assert_eq!((in_both(1), in_storage(1)), (1, 1));
    assert_eq!((counted(&BOTH), counted(&STORAGE)), ((1, 1), (1, 1)));
}

/// Calls from a task, while another task that needs this very thread makes the same value.
async fn beside_a_task() {
    static RUNS: Runs = Runs::new();
    static CACHE: LazyLock<Cache<String, u64>> = LazyLock::new(|| {
        let builder = Cache::builder("both").storage(MapStorage::new());
        builder.codec(Postcard).build().unwrap()
    });
    #[cachefn(cache = CACHE, key = "{id}")]
    async fn asked(id: u64) -> u64 {
        RUNS.tick();
        pause().await;
        id
    }
    #[cachefn(cache = CACHE, key = "{id}")]
    fn needed(id: u64) -> u64 {
        RUNS.tick();
        id
    }
    CACHE.clear().await.unwrap();
    let before = RUNS.count();
    let mut task = pin!(asked(1));
    assert!(poll(task.as_mut()).is_pending());
    assert_eq!(needed(1), 1, "it does not wait for the task");
    assert_eq!((task.await, needed(1)), (1, 1));
    assert_eq!(RUNS.count() - before, 2);
}

#[test]
fn h_15_a_call_inside_of_any_executor_neither_hangs_nor_panics() {
    block_on(beside_a_task());
    smol::block_on(beside_a_task());
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(executor.spawn(beside_a_task())));
    let one = tokio::runtime::Builder::new_current_thread().build().unwrap();
    one.block_on(async { tokio::task::LocalSet::new().run_until(beside_a_task()).await });
    one.block_on(async { beside_a_task().await });
    let many = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    many.block_on(async { tokio::spawn(sent(beside_a_task())).await.unwrap() });
}

fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn h_13_a_function_that_calls_itself_runs_uncached_and_is_told() {
    static RUNS: Runs = Runs::new();
    static CACHE: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| tiers("nested"));
    #[cachefn(cache = CACHE)]
    fn nested(id: u64) -> u64 {
        if RUNS.tick() < 3 { nested(id) + 1 } else { id }
    }
    #[cachefn(cache = CACHE)]
    async fn around(id: u64) -> u64 {
        if RUNS.tick() < 6 { inner(id) } else { id }
    }
    fn inner(id: u64) -> u64 {
        block_on(around(id)) + 1
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let _subscription = CACHE.subscribe(move |event| {
        if event.kind == EventKind::Error {
            heard.lock().unwrap().push(event.cause.map(|cause| cause.as_str()));
        }
    });
    assert_eq!((nested(5), RUNS.count()), (7, 3));
    assert_eq!((block_on(around(6)), RUNS.count()), (8, 6));
    assert_eq!(*told.lock().unwrap(), [Some("reentrant"); 4]);
}

#[test]
fn h_13_threads_in_a_circle_run_uncached() {
    static CACHE: LazyLock<Cache<(u64,), u64>> = LazyLock::new(|| tiers("circle"));
    static MET: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));
    static RUNS: [Runs; 2] = [Runs::new(), Runs::new()];
    #[cachefn(cache = CACHE)]
    fn first(id: u64) -> u64 {
        if RUNS[0].tick() > 1 {
            return id;
        }
        MET.wait();
        second(20) + 1
    }
    #[cachefn(cache = CACHE)]
    fn second(id: u64) -> u64 {
        if RUNS[1].tick() > 1 {
            return id;
        }
        MET.wait();
        first(10) + 1
    }
    let other = thread::spawn(|| second(20));
    let answers = (first(10), other.join().unwrap());
    assert!([(21, 22), (12, 11)].contains(&answers), "{answers:?}");
}

#[test]
fn h_12_a_removal_during_a_call_wins_in_both_tiers() {
    static REMOVE: AtomicBool = AtomicBool::new(true);
    #[cachefn(cache = "fenced", id = "f", tags = ["t"])]
    fn fenced(id: u64) -> u64 {
        if REMOVE.load(SeqCst) {
            let removal = async {
                match id {
                    0 => fenced::cache().delete(&fenced::key(id)).await.map(drop),
                    1 => fenced::cache().invalidate_by_tag("t").await,
                    2 => fenced::cache().clear().await,
                    _ => fenced::cache().set(fenced::key(id), 70).await,
                }
            };
            block_on(removal).unwrap();
        }
        id
    }
    let storage = MapStorage::new();
    let again = || NamedCache::builder("fenced").storage(storage.clone()).build().unwrap();
    with_cache("fenced", &again(), || {
        for id in 0..4 {
            assert_eq!((fenced(id), fenced::refresh(id)), (id, id));
        }
    });
    REMOVE.store(false, SeqCst);
    with_cache("fenced", &again(), || {
        assert_eq!([0, 1, 2, 3].map(fenced), [0, 1, 2, 70]);
        assert_eq!(fenced::cache().stats().loads, 3);
    });
}
