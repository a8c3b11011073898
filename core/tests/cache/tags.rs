//! Tags over all tiers: by tokens in the storage, which protect a value from the start of its load.

use cachefn_core::{EntryOptions, LoadContext};
use futures_channel::oneshot;

use crate::support::*;

fn tagged(tags: &[&str]) -> EntryOptions {
    EntryOptions::new().tags(tags.iter().map(|tag| tag.to_string()))
}

#[test]
fn s_27_a_tag_makes_its_entries_unreachable_in_every_tier_with_one_call() {
    let store = Store::new();
    let cache = plain(&store);
    for key in 0..50 {
        finish(cache.set_with(key, key, tagged(&["all", ["even", "odd"][key as usize % 2]])))
            .unwrap();
    }
    let elsewhere = plain(&store);
    store.calls();
    finish(elsewhere.invalidate_by_tag("odd")).unwrap();
    assert_eq!(store.calls(), ["replace_tokens"]);
    for key in 0..50 {
        assert_eq!(finish(elsewhere.get(&key)).unwrap().is_some(), key % 2 == 0);
    }
    finish(cache.invalidate_by_tags(["odd", "even"])).unwrap();
    assert_eq!(store.calls().iter().filter(|call| *call == "replace_tokens").count(), 1);
    assert_eq!(finish(cache.get_many(&[1, 2])).unwrap(), [None, None]);
}

#[test]
fn h_26_after_a_new_write_the_old_tag_does_not_kill_the_new_value() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set_with(1, 5, tagged(&["old"]))).unwrap();
    finish(cache.set_with(1, 6, tagged(&["new"]))).unwrap();
    finish(cache.invalidate_by_tag("old")).unwrap();
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(6));
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(6));
    finish(cache.invalidate_by_tag("new")).unwrap();
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), None);
}

#[test]
fn h_26_an_update_keeps_the_tags_in_the_storage_or_no_record_at_all() {
    for lost in [false, true] {
        let store = Store::new();
        let cache = plain(&store);
        finish(cache.set_with(1, 5, tagged(&["t"]))).unwrap();
        if lost {
            store.lose("c:1");
        }
        finish(cache.update(1, |old| old.map(|old| old + 1))).unwrap();
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(6));
        finish(cache.invalidate_by_tag("t")).unwrap();
        assert_eq!(finish(cache.get(&1)).unwrap(), None);
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), None, "record lost before: {lost}");
    }
}

#[test]
fn h_27_no_clock_and_no_lost_token_makes_an_invalidated_entry_valid() {
    let (store, early, late) = (Store::new(), clock(), clock());
    late.advance(ms(4_000));
    let (cache, ahead) = (
        over::<u32, u32>(&store, &early).build().unwrap(),
        over::<u32, u32>(&store, &late).build().unwrap(),
    );
    finish(ahead.set_with(1, 5, tagged(&["t"]))).unwrap();
    finish(cache.invalidate_by_tag("t")).unwrap();
    assert_eq!(finish(over::<u32, u32>(&store, &late).build().unwrap().get(&1)).unwrap(), None);
    for token in ["%n:c", "%t:c:t", "%x:c:t"] {
        finish(cache.set_with(1, 6, tagged(&["t"]))).unwrap();
        store.lose(token);
        let found = finish(plain(&store).get(&1)).unwrap();
        // Without the token of `expire` it is stale, and stale for no time at all.
        assert_eq!(found, None, "{token}");
        store.lose_all();
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), None);
    }
}

#[test]
fn s_28_a_load_is_protected_by_the_tokens_from_before_its_fetcher() {
    let store = Store::new();
    let cache = plain(&store);
    let value = finish(cache.get_or_fetch_with(&1, tagged(&["t"]), async |_| {
        finish(plain(&store).invalidate_by_tag("t")).unwrap();
        5
    }));
    assert_eq!(value, 5);
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), None, "another process invalidated it");
    let value = finish(cache.get_or_fetch_with(&2, tagged(&["t"]), async |_| {
        finish(plain(&store).clear()).unwrap();
        6
    }));
    assert_eq!((value, finish(plain(&store).get(&2)).unwrap()), (6, None));
}

#[test]
fn s_28_tags_named_late_protect_from_the_moment_they_are_named() {
    for pauses in [0, 1, 4] {
        let store = Store::new();
        store.pauses(pauses);
        let cache = plain(&store);
        let (go_on, waits) = oneshot::channel::<()>();
        let fetcher = |context: LoadContext<u32>| async move {
            context.tags(["late"]);
            waits.await.unwrap();
            context.tags(["later", "late"]);
            5
        };
        let mut load = Task::new(cache.get_or_fetch_with(&1, EntryOptions::new(), fetcher));
        assert!(load.advance().is_none());
        store.pauses(0);
        finish(plain(&store).invalidate_by_tag("late")).unwrap();
        go_on.send(()).unwrap();
        assert_eq!(load.finish(), 5);
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), None, "{pauses} pauses");
        finish(cache.delete(&1)).unwrap();
        // And a tag named last is as good as one named first.
        finish(cache.get_or_fetch_with(&1, EntryOptions::new(), async |context| {
            context.tags(["later"]);
            6
        }));
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(6));
        finish(plain(&store).invalidate_by_tag("later")).unwrap();
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), None);
    }
}

#[test]
fn s_28_a_failed_fetcher_does_not_wait_for_the_tokens_of_its_tags() {
    let store = Store::new();
    let cache = plain(&store);
    let fetcher = |context: LoadContext<u32>| {
        let store = store.clone();
        async move {
            store.pauses(1_000_000);
            context.tags(["late"]);
            Err::<u32, _>("down")
        }
    };
    let mut load = Task::new(cache.get_or_fetch_with(&1, EntryOptions::new(), fetcher));
    assert_eq!(load.poll(), Some(Err("down")));
}

#[test]
fn s_30_tags_of_what_is_gone_leave_nothing_in_memory() {
    let (store, clock) = (Store::new(), clock());
    let cache = over::<u32, u32>(&store, &clock).max_entries(8).build().unwrap();
    let mut sizes = Vec::new();
    for round in 0..200_u32 {
        for key in 0..16 {
            let options = EntryOptions::new().tag(format!("{round}-{key}"));
            finish(cache.get_or_fetch_with(&key, options, async |_| 1));
            finish(cache.delete(&key)).unwrap();
        }
        sizes.push(cache.stats().memory_usage);
    }
    assert!(sizes[199] <= sizes[20] + 256, "{} and {}", sizes[20], sizes[199]);
}
