//! Several threads that call for the same arguments.

use crate::*;
use cachefn_core::private::followers;

const THREADS: usize = 8;

/// Runs `call` in several threads that start together.
fn together<T: Send>(call: impl Fn() -> T + Sync) -> Vec<thread::Result<T>> {
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    call()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    })
}

#[test]
fn many_callers_wait_for_one_run() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn slow(name: &str) -> String {
        RUNS.tick();
        let key = slow::key(name);
        while followers(slow::cache(), &key) < THREADS - 1 {
            thread::yield_now();
        }
        name.to_uppercase()
    }
    let answers = together(|| slow("it"));
    assert!(answers.iter().all(|answer| answer.as_deref().is_ok_and(|text| text == "IT")));
    assert_eq!(RUNS.count(), 1);
}

#[test]
fn a_waiter_takes_over_from_a_caller_that_panicked() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn fragile(id: u64) -> u64 {
        let run = RUNS.tick();
        let key = fragile::key(id);
        while run == 1 && followers(fragile::cache(), &key) < THREADS - 1 {
            thread::yield_now();
        }
        assert!(run > 1, "the first run fails");
        id + 1
    }
    let answers = together(|| fragile(1));
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
    assert!(answers.iter().flatten().all(|answer| *answer == 2));
    assert_eq!(RUNS.count(), 2);
}
