//! Hits do not wait for each other, whatever the policy. In a process of its own: only so many threads at
//! a time have a lane of their own, and tests beside it would take them.

use std::panic::resume_unwind;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Duration;

use cachefn_core::{MemoryCache, Policy};

const POLICIES: [Policy; 7] = [
    Policy::Lru,
    Policy::Lfu,
    Policy::Fifo,
    Policy::Sieve,
    Policy::S3Fifo,
    Policy::WTinyLfu,
    Policy::Adaptive,
];

/// The first reader is in the middle of its hit, which ends only when the second has had its own.
fn two_hits_at_once(policy: Policy) {
    let cache = MemoryCache::builder().max_entries(1).policy(policy).build().unwrap();
    cache.set(1, "one").unwrap();
    let (inside, passed) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        let slow = scope.spawn(|| {
            cache.get_with(&1, |value| {
                inside.wait();
                passed.wait();
                *value
            })
        });
        inside.wait();
        assert_eq!(cache.get(&1), Some("one"), "{policy}");
        passed.wait();
        assert_eq!(slow.join().unwrap(), Some("one"), "{policy}");
    });
    assert_eq!(cache.stats().hits, 2, "{policy}");
}

#[test]
fn h_24_a_hit_waits_for_no_other_hit_of_the_same_entry_under_any_policy() {
    let (done, ended) = mpsc::channel();
    let all = thread::spawn(move || {
        POLICIES.into_iter().for_each(two_hits_at_once);
        done.send(()).expect("the test listens");
    });
    match ended.recv_timeout(Duration::from_secs(60)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        _ => all.join().unwrap_or_else(|panic| resume_unwind(panic)),
    }
}
