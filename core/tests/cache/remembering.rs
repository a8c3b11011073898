//! Storages that tell the tokens when they write: a cache begins with those that it remembers.

use cachefn_core::{Cache, EntryOptions, LoadContext};

use crate::support::*;

fn store() -> Store {
    let store = Store::new();
    store.tells_tokens();
    store
}

fn tagged(tag: &str) -> EntryOptions {
    EntryOptions::new().tag(tag)
}

fn load(cache: &Cache<u32, u32>, key: u32, value: u32) -> u32 {
    finish(cache.get_or_fetch(&key, async || value))
}

#[test]
fn s_28_a_write_asks_for_tokens_once_and_is_one_call_from_then_on() {
    let store = store();
    let cache = plain(&store);
    finish(cache.set(1, 10)).unwrap();
    assert_eq!(store.calls(), ["create_tokens", "set"]);
    finish(cache.set(2, 20)).unwrap();
    assert_eq!(store.calls(), ["set"]);
    finish(cache.set_with(3, 30, tagged("t"))).unwrap();
    assert_eq!(store.calls(), ["create_tokens", "set"]);
    finish(cache.set_with(4, 40, tagged("t"))).unwrap();
    assert_eq!(store.calls(), ["set"]);
    assert_eq!(load(&cache, 5, 50), 50);
    assert_eq!(store.calls(), ["get", "set"]);
    let elsewhere = plain(&store);
    let found = [1, 2, 3, 4, 5].map(|key| finish(elsewhere.get(&key)).unwrap());
    assert_eq!(found, [10, 20, 30, 40, 50].map(Some));
}

#[test]
fn s_28_a_write_after_anothers_invalidation_is_written_again_under_the_new_tokens() {
    let store = store();
    let (cache, elsewhere) = (plain(&store), plain(&store));
    finish(cache.set_with(1, 10, tagged("t"))).unwrap();
    finish(elsewhere.clear()).unwrap();
    store.calls();
    finish(cache.set_with(1, 11, tagged("t"))).unwrap();
    assert_eq!(store.calls(), ["set", "create_tokens", "set"]);
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(11));

    finish(elsewhere.invalidate_by_tag("t")).unwrap();
    finish(cache.set_with(1, 12, tagged("t"))).unwrap();
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(12));
    finish(elsewhere.invalidate_by_tag("t")).unwrap();
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), None);
}

#[test]
fn s_28_tokens_that_the_storage_has_lost_are_made_anew() {
    let store = store();
    let cache = plain(&store);
    finish(cache.set(1, 10)).unwrap();
    store.lose_all();
    finish(cache.set(2, 20)).unwrap();
    assert_eq!(finish(plain(&store).get(&2)).unwrap(), Some(20));
}

#[test]
fn s_18_a_load_that_began_with_tokens_replaced_since_is_not_stored_wherever_that_was() {
    for during in [false, true] {
        let store = store();
        let (cache, elsewhere) = (plain(&store), plain(&store));
        finish(cache.set_with(1, 10, tagged("t"))).unwrap();
        if !during {
            finish(elsewhere.invalidate_by_tag("t")).unwrap();
        }
        let fetcher = |_: LoadContext<u32>| async {
            if during {
                elsewhere.invalidate_by_tag("t").await.unwrap();
            }
            20
        };
        assert_eq!(finish(cache.get_or_fetch_with(&2, tagged("t"), fetcher)), 20);
        assert_eq!(finish(plain(&store).get(&2)).unwrap(), None, "during the load: {during}");
        let fetcher = |_: LoadContext<u32>| async { 30 };
        assert_eq!(finish(cache.get_or_fetch_with(&3, tagged("t"), fetcher)), 30);
        assert_eq!(finish(plain(&store).get(&3)).unwrap(), Some(30), "the next load is");
    }
}

#[test]
fn s_28_own_invalidations_and_a_thousand_tags_are_forgotten_in_time() {
    let store = store();
    let cache = plain(&store);
    finish(cache.set_with(1, 10, tagged("t"))).unwrap();
    finish(cache.invalidate_by_tag("t")).unwrap();
    store.calls();
    finish(cache.set_with(1, 11, tagged("t"))).unwrap();
    assert_eq!(store.calls(), ["create_tokens", "set"], "not a guess that cannot be right");
    for number in 0..3_000 {
        finish(cache.set_with(number, 1, tagged(&format!("tag {number}")))).unwrap();
    }
    store.calls();
    finish(cache.set_with(1, 12, tagged("tag 2999"))).unwrap();
    finish(cache.set_with(2, 12, tagged("tag 0"))).unwrap();
    assert_eq!(store.calls(), ["set", "create_tokens", "set"]);
}

#[test]
fn s_28_a_lost_answer_is_an_error_and_what_was_invalidated_stays_so() {
    let store = store();
    let (cache, elsewhere) = (plain(&store), plain(&store));
    finish(cache.set(1, 10)).unwrap();
    finish(elsewhere.clear()).unwrap();
    store.is_once(Mood::Mute, 0);
    assert!(finish(cache.set(1, 11)).is_err());
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), None);
    finish(cache.set(1, 12)).unwrap();
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(12));
}
