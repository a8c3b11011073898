//! The crate without `std`: one thread, and no clock of its own. Built with `--no-default-features`.

#![cfg(not(feature = "std"))]

use std::time::Duration;

use cachefn_core::unsync::MemoryCache;
use cachefn_core::{EntryOptions, ErrorKind, ManualClock, Mode};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn s_03_a_lifetime_without_a_clock_is_a_config_error() {
    let builder = || MemoryCache::<u32, Option<u32>>::builder();
    let errors = [
        builder().ttl(SECOND).build().unwrap_err(),
        builder().tti(SECOND).build().unwrap_err(),
        builder().negative_ttl(SECOND).build().unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, "build"));
        assert!(error.to_string().contains("needs a clock"), "{error}");
    }
    for options in [EntryOptions::new().ttl(SECOND), EntryOptions::new().tti(SECOND)] {
        let mut cache = builder().build().unwrap();
        cache.set(1, Some(1)).unwrap();
        let error = cache.set_with(1, Some(2), options).unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, "set"));
        assert_eq!(cache.get(&1), Some(&Some(1)), "nothing was stored");
    }
}

#[test]
fn s_03_without_a_lifetime_no_clock_is_needed() {
    let mut cache = MemoryCache::<u32, u32>::builder().max_entries(3).build().unwrap();
    (0..9).for_each(|key| cache.set(key, key).unwrap());
    assert_eq!((cache.len(), cache.get(&8)), (3, Some(&8)));
    cache.set_with(8, 80, EntryOptions::new().tag("t")).unwrap();
    cache.invalidate_by_tag("t");
    assert_eq!(cache.get(&8), None);
    cache.set_with(7, 70, EntryOptions::new().tag("t")).unwrap();
    cache.invalidate_by_tag_with("t", Mode::Expire);
    assert_eq!(cache.get(&7), None);
    cache.set(6, 60).unwrap();
    assert!(cache.expire(&6));
    assert_eq!(cache.get_or_fetch(&6, || 61), 61);
}

#[test]
fn s_02_with_a_clock_everything_is_as_elsewhere() {
    let clock = ManualClock::new();
    let builder = MemoryCache::<u32, u32>::builder().ttl(SECOND).stale_if_error(SECOND);
    let mut cache = builder.clock(clock.clone()).build().unwrap();
    cache.set(1, 1).unwrap();
    clock.advance(SECOND);
    assert_eq!(cache.get(&1), None);
    assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok(1));
    clock.advance(SECOND);
    assert_eq!((cache.get_or_fetch(&1, || Err("down")), cache.len()), (Err("down"), 0));
}
