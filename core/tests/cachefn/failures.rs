//! Several threads that call for something that fails: the compiler finds out whether all can have the
//! error.

use crate::*;
use cachefn_core::Lookup;
use cachefn_core::private::followers;
use std::fmt::Display;
use std::hash::Hash;
use std::sync::LazyLock;

const THREADS: usize = 5;

/// Calls in several threads, all of which come before the first run ends, as long as that one waits for
/// `all_wait`.
fn together<T: Send>(call: impl Fn() -> T + Sync) -> Vec<T> {
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let run = || {
            start.wait();
            call()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// Keeps the first run until all others wait for it.
fn all_wait<K, V>(run: usize, cache: &MemoryCache<K, V>, key: &K)
where
    K: Hash + Eq + Clone + Lookup<K>,
    V: Clone,
{
    while run == 1 && followers(cache, key) < THREADS - 1 {
        thread::yield_now();
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Shared(usize);

#[derive(Debug, PartialEq)]
struct Single(usize);

#[test]
fn s_13_an_error_that_can_be_cloned_is_for_all_who_wait() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn load(id: u8) -> Result<u8, Shared> {
        let run = RUNS.tick();
        all_wait(run, load::cache(), &load::key(id));
        Err(Shared(run))
    }
    assert_eq!(together(|| load(1)), vec![Err(Shared(1)); THREADS]);
    let stats = load::cache().stats();
    assert_eq!((RUNS.count(), stats.load_failures, load::cache().len()), (1, 1, 0));
    assert_eq!(load(1), Err(Shared(2)), "a failure is not stored");
}

#[test]
fn s_13_with_another_error_each_who_waits_runs_the_function_in_turn() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn load(id: u8) -> Result<u8, Single> {
        let run = RUNS.tick();
        all_wait(run, load::cache(), &load::key(id));
        Err(Single(run))
    }
    let mut errors: Vec<_> =
        together(|| load(1)).into_iter().map(|one| one.unwrap_err().0).collect();
    errors.sort_unstable();
    assert_eq!((errors, RUNS.count()), (vec![1, 2, 3, 4, 5], 5));
}

#[test]
fn s_13_an_error_is_shared_by_whatever_name_its_result_goes() {
    type Result<T, E = Shared> = std::result::Result<T, E>;
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn load(id: u8) -> Result<u8> {
        let run = RUNS.tick();
        all_wait(run, load::cache(), &load::key(id));
        Err(Shared(run))
    }
    assert_eq!(together(|| load(1)), vec![Err(Shared(1)); THREADS]);
}

#[test]
fn s_13_an_error_that_borrows_or_has_no_name_is_its_callers_own() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn borrows(text: &str) -> Result<u8, &str> {
        RUNS.tick();
        Err(text)
    }
    #[cachefn]
    fn nameless(text: &str) -> Result<u8, impl Display> {
        RUNS.tick();
        Err(text.to_uppercase())
    }
    #[cachefn]
    fn boxed(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
        RUNS.tick();
        Err(text.into())
    }
    assert_eq!(borrows("a"), Err("a"));
    assert_eq!(nameless("a").map_err(|error| error.to_string()), Err("A".into()));
    assert_eq!(boxed("a").map_err(|error| error.to_string()), Err("a".into()));
    assert_eq!((borrows::refresh("b"), RUNS.count()), (Err("b"), 4));
}

#[test]
fn s_13_what_is_known_of_a_type_parameter_decides() {
    static RUNS: Runs = Runs::new();
    #[cachefn(key = "{id}")]
    fn any<E: From<usize> + 'static>(id: u8) -> Result<u8, E> {
        let run = RUNS.tick();
        all_wait(run, any::cache(), &any::key::<E>(id));
        Err(run.into())
    }
    #[cachefn(key = "{id}")]
    fn cloned<E: From<usize> + Clone + Send + Sync + 'static>(id: u8) -> Result<u8, E> {
        let run = RUNS.tick() - THREADS;
        all_wait(run, cloned::cache(), &cloned::key::<E>(id));
        Err(run.into())
    }
    let mut errors: Vec<_> =
        together(|| any::<usize>(1)).into_iter().map(Result::unwrap_err).collect();
    errors.sort_unstable();
    assert_eq!(errors, [1, 2, 3, 4, 5], "whether it can be cloned is not said");
    assert_eq!(together(|| cloned::<usize>(1)), vec![Err(1); THREADS]);
}

struct Source;

trait Loads {
    fn load(&self, id: u8) -> Result<u8, Shared>;
}

static METHOD_RUNS: Runs = Runs::new();

impl Source {
    #[cachefn(key = "{id}", stale_if_error = "1h", ttl = "1h")]
    fn read(&self, id: u8) -> Result<u8, Shared> {
        let run = METHOD_RUNS.tick();
        all_wait(run, Source::read_cache(), &Source::read_key(self, id));
        Err(Shared(run))
    }
}

impl Loads for Source {
    #[cachefn(trait, key = "{id}")]
    fn load(&self, id: u8) -> Result<u8, Shared> {
        Err(Shared(id.into()))
    }
}

#[test]
fn s_13_methods_share_errors_as_functions_do() {
    assert_eq!(together(|| Source.read(1)), vec![Err(Shared(1)); THREADS]);
    assert_eq!(Source.load(7), Err(Shared(7)));
}

#[test]
fn s_13_a_given_memory_shares_errors_too() {
    static RUNS: Runs = Runs::new();
    static MEMORY: LazyLock<MemoryCache<(u8,), u8>> =
        LazyLock::new(|| MemoryCache::builder().build().unwrap());
    #[cachefn(cache = MEMORY)]
    fn load(id: u8) -> Result<u8, Shared> {
        let run = RUNS.tick();
        all_wait(run, &MEMORY, &load::key(id));
        Err(Shared(run))
    }
    assert_eq!(together(|| load(1)), vec![Err(Shared(1)); THREADS]);
}

#[test]
fn s_13_errors_that_are_cached_are_for_all_in_any_case() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache_errors = |_| None)]
    fn load(id: u8) -> Result<u8, Shared> {
        let run = RUNS.tick();
        all_wait(run, load::cache(), &load::key(id));
        Err(Shared(run))
    }
    assert_eq!(together(|| load(1)), vec![Err(Shared(1)); THREADS]);
    assert_eq!((RUNS.count(), load::cache().len()), (1, 0));
}

#[test]
fn s_13_filling_ahead_waits_for_a_failure_and_goes_on() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn load(id: u8) -> Result<u8, Shared> {
        let run = RUNS.tick();
        all_wait(run, load::cache(), &load::key(id));
        if id == 1 { Err(Shared(run)) } else { Ok(id) }
    }
    let filled = together(|| load::warm([1, 2]));
    assert_eq!((filled.iter().sum::<usize>(), load::cache().len()), (1, 1));
    assert_eq!(load::cache().stats().load_failures, 1);
}
