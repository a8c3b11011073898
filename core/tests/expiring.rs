//! What is made stale before its time dies when its stale window ends, and never comes back.

use std::time::Duration;

use cachefn_core::{EntryOptions, ErrorKind, ManualClock, MemoryCache, Mode, unsync};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The same steps for both caches.
macro_rules! in_both {
    ($builder:ident, $cache:ident, $clock:ident, $build:expr, $steps:block) => {{
        {
            let ($clock, $builder) = (ManualClock::new(), MemoryCache::<u32, u32>::builder());
            let $builder = $builder.clock($clock.clone());
            let $cache = &mut $build.build().unwrap();
            $steps
        }
        {
            let $clock = ManualClock::new();
            let $builder = unsync::MemoryCache::<u32, u32>::builder().clock($clock.clone());
            let $cache = &mut $build.build().unwrap();
            $steps
        }
    }};
}

fn bridged() -> EntryOptions {
    EntryOptions::new().stale_if_error(ms(15))
}

#[test]
fn s_29_an_entry_without_a_ttl_is_stale_for_its_window_and_no_longer() {
    in_both!(builder, cache, clock, builder, {
        cache.set_with(1, 1, bridged()).unwrap();
        assert!(cache.expire(&1));
        assert_eq!(cache.get_or_fetch_with(&1, bridged(), |_| Err(ErrorKind::Unavailable)), Ok(1));
        clock.advance(ms(15));
        let failed = cache.get_or_fetch_with(&1, bridged(), |_| Err(ErrorKind::Unavailable));
        assert_eq!((failed, cache.len()), (Err(ErrorKind::Unavailable), 0));
    });
}

#[test]
fn s_29_expiring_an_entry_without_a_ttl_beside_one_with_a_ttl_panics_nowhere() {
    in_both!(builder, cache, clock, builder.stale_if_error(ms(15)), {
        cache.set_with(1, 1, EntryOptions::new().ttl(ms(10))).unwrap();
        (2..100).for_each(|key| cache.set(key, 1).unwrap());
        assert!((2..100).all(|key| cache.expire(&key)));
        clock.advance(ms(25));
        assert_eq!(cache.len(), 0);
    });
}

#[test]
fn s_04_an_expired_entry_dies_of_idleness_all_the_same() {
    in_both!(builder, cache, clock, builder.tti(ms(400)), {
        let forever = EntryOptions::new().stale_if_error(Duration::MAX);
        cache.set_with(1, 1, forever).unwrap();
        cache.set_with(2, 1, bridged()).unwrap();
        assert!(cache.expire(&1) && cache.expire(&2));
        clock.advance(ms(15));
        assert_eq!(cache.len(), 1, "the window of one is over");
        clock.advance(ms(385));
        assert_eq!(cache.len(), 0, "the other was not used for too long");
    });
}

#[test]
fn s_11_what_expired_with_its_tag_is_not_counted_when_no_entry_has_a_lifetime() {
    in_both!(builder, cache, clock, builder, {
        clock.advance(ms(1));
        cache.set_with(1, 1, EntryOptions::new().tag("t")).unwrap();
        cache.invalidate_by_tag_with("t", Mode::Expire);
        assert_eq!((cache.get(&1).is_some(), cache.len(), cache.delete(&1)), (false, 0, false));
    });
}

#[test]
fn s_11_what_was_stale_by_its_tag_is_not_counted_when_its_window_is_over() {
    in_both!(builder, cache, clock, builder.ttl(ms(1_000)), {
        cache.set_with(1, 1, bridged().tag("t")).unwrap();
        cache.invalidate_by_tag_with("t", Mode::Expire);
        assert_eq!(cache.len(), 1);
        clock.advance(ms(15));
        assert_eq!(cache.len(), 0);
    });
}

#[test]
fn s_29_a_tag_that_expires_again_does_not_wake_what_died_before() {
    in_both!(builder, cache, clock, builder.ttl(ms(1_000)), {
        cache.set_with(1, 1, bridged().tag("t")).unwrap();
        cache.invalidate_by_tag_with("t", Mode::Expire);
        clock.advance(ms(20));
        cache.invalidate_by_tag_with("t", Mode::Expire);
        let failed = cache.get_or_fetch_with(&1, bridged(), |_| Err(ErrorKind::Unavailable));
        assert_eq!(failed, Err(ErrorKind::Unavailable));
    });
}

#[test]
fn s_14_what_idled_too_long_while_its_fetcher_ran_does_not_stand_in_for_the_failure() {
    in_both!(builder, cache, clock, builder, {
        let options = || EntryOptions::new().tti(ms(9)).stale_if_error(Duration::MAX);
        cache.set_with(1, 1, options()).unwrap();
        assert!(cache.expire(&1));
        let failed = cache.get_or_fetch_with(&1, options(), |_| {
            clock.advance(ms(9));
            Err(ErrorKind::Unavailable)
        });
        assert_eq!(failed, Err(ErrorKind::Unavailable));
    });
}
