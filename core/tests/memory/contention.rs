//! Hits do not wait for each other, whatever the policy.

use std::sync::Barrier;
use std::thread;

use cachefn_core::MemoryCache;

use crate::capacity::POLICIES;
use crate::support::watched;

/// The first reader is in the middle of its hit, which ends only when the second has had its own.
#[test]
fn h_24_a_hit_waits_for_no_other_hit_of_the_same_entry_under_any_policy() {
    for policy in POLICIES {
        watched(move || {
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
        });
    }
}
