//! A cached function over a storage that hangs: every call answers.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{ErrorKind, NamedCache, cachefn};
use cachefn_tokio::State;

use crate::breaker::builder;
use crate::support::*;

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cachefn(cache = "hung", ttl = "1h")]
async fn doubled(id: u64) -> u64 {
    RUNS.fetch_add(1, SeqCst);
    id * 2
}

#[test]
fn s_19_h_35_64_tasks_over_a_storage_that_hangs_all_have_their_values_and_later_ones_do_not_wait() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = builder(&runtime, &chaos).open_after(5).build().unwrap();
    let health = storage.health();
    NamedCache::builder("hung").storage(storage).runtime(runtime.clone()).register().unwrap();
    chaos.inject(Faults::frozen());

    // All at once: two for each key, and each key is asked for once.
    let mut tasks: Vec<_> = (0..64).map(|id| Task::new(doubled(id / 2))).collect();
    assert!(tasks.iter_mut().all(|task| task.advance().is_none()));
    assert_eq!((chaos.calls().total(), RUNS.load(SeqCst)), (32, 0));
    runtime.advance(ms(50));
    // One wakes another; none waits for time any more.
    let mut answers = vec![None; 64];
    for _ in 0..64 {
        for (task, answer) in tasks.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                *answer = task.advance();
            }
        }
    }
    let expected: Vec<_> = (0..64).map(|id| Some(id / 2 * 2)).collect();
    assert_eq!(answers, expected);
    let status = health.status();
    assert_eq!((status.state, status.opened, status.timeouts), (State::Degraded, 1, 32));
    assert_eq!(status.last_error.unwrap().kind(), ErrorKind::Timeout);

    // From now on nobody waits, whether memory knows the value or not.
    for id in 0..64 {
        assert_eq!(finish(doubled(id)), id * 2);
    }
    assert_eq!((chaos.calls().total(), RUNS.load(SeqCst)), (32, 64));
    assert_eq!((runtime.sleepers(), runtime.take().len()), (0, 0));

    // It answers again; one call notices.
    chaos.inject(Faults::none());
    runtime.advance(ms(1_000));
    assert_eq!(finish(doubled(1_000)), 2_000);
    assert_eq!((health.state(), chaos.calls().get), (State::Healthy, 33));
    assert_eq!(doubled::cache().stats().storage_failures, 64);
}
