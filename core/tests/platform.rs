//! A platform that a program installs: one for all its caches, and its numbers are in their tokens.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use cachefn_conformance::MapStorage;
use cachefn_core::{Cache, ManualClock, Platform, Postcard};

static DRAWN: AtomicU32 = AtomicU32::new(0);

fn draw() -> u128 {
    DRAWN.fetch_add(1, Relaxed).into()
}

#[test]
fn s_28_tokens_are_made_of_the_numbers_of_the_platform_that_was_installed_first() {
    assert!(Platform::new(ManualClock::new(), draw).install());
    let second = Platform::new(ManualClock::new(), || panic!("the first one stays"));
    assert!(!second.install());

    let builder = Cache::<u8, u8>::builder("numbers").storage(MapStorage::new()).codec(Postcard);
    let cache = builder.build().unwrap();
    pollster::block_on(async {
        cache.set(1, 2).await.unwrap();
        let drawn = DRAWN.load(Relaxed);
        assert!(drawn > 0);
        cache.invalidate_by_tag("tag").await.unwrap();
        assert!(DRAWN.load(Relaxed) > drawn);
    });
}
