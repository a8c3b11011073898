//! How entries leave all tiers, and what the calls answer.

use cachefn_core::{EntryOptions, Glob};

use crate::support::*;

#[test]
fn s_31_delete_says_whether_a_tier_had_the_entry() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set(1, 5)).unwrap();
    assert!(finish(plain(&store).delete(&1)).unwrap(), "only the storage had it");
    assert!(finish(cache.delete(&1)).unwrap(), "only the memory had it");
    assert!(!finish(cache.delete(&1)).unwrap());
}

#[test]
fn s_31_after_clear_nothing_older_is_found_anywhere_and_memory_has_let_go() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set_many((0..100).map(|key| (key, key)))).unwrap();
    let elsewhere = plain(&store);
    assert_eq!(finish(elsewhere.peek(&7)).unwrap(), Some(7));
    store.calls();
    finish(cache.clear()).unwrap();
    assert_eq!(store.calls(), ["replace_tokens"], "whatever the number of entries");
    assert_eq!(cache.len(), 0);
    for key in 0..100 {
        assert_eq!(finish(elsewhere.get(&key)).unwrap(), None);
    }
    finish(cache.set(1, 8)).unwrap();
    assert_eq!(finish(elsewhere.get(&1)).unwrap(), Some(8));
    assert_eq!(finish(cache.purge()).unwrap(), 99, "the space of what was cleared");
    assert_eq!(finish(elsewhere.get(&1)).unwrap(), Some(8));
}

#[test]
fn s_32_a_pattern_removes_from_both_tiers_what_matches_and_says_how_many() {
    let (store, clock) = (Store::new(), clock());
    let build = || over::<String, u32>(&store, &clock).build().unwrap();
    let cache = build();
    finish(cache.set_many((0..700).map(|key| (format!("user:{key}"), key)))).unwrap();
    finish(cache.set("page:1".into(), 1)).unwrap();
    assert_eq!(finish(build().invalidate_by_pattern(&Glob::prefix("user:"))).unwrap(), 700);
    assert_eq!(finish(build().get("user:5")).unwrap(), None);
    assert_eq!(finish(build().get("page:1")).unwrap(), Some(1));
    let both = [Glob::new("page:?").unwrap(), Glob::new("user:6*").unwrap()];
    finish(cache.invalidate_by_pattern(&both)).unwrap();
    assert_eq!(finish(cache.get("page:1")).unwrap(), None);
    assert_eq!(finish(cache.get("user:7")).unwrap(), Some(7), "others stay in this memory");
}

#[test]
fn s_32_what_is_written_while_a_pattern_is_swept_stays() {
    let (store, clock) = (Store::new(), clock()); // at one and the same millisecond
    let cache = over::<u32, u32>(&store, &clock).build().unwrap();
    finish(cache.set_many((0..10).map(|key| (key, 1)))).unwrap();
    for point in 1..12 {
        let new = 100 + point as u32; // no record is equal to one before
        store.pauses(1);
        let all = Glob::prefix("");
        let mut sweep = Task::new(cache.invalidate_by_pattern(&all));
        let ended = sweep.poll_times(point);
        finish(cache.set(3, new)).unwrap();
        let fetched = finish(cache.get_or_fetch(&4, async || new));
        ended.or_else(|| sweep.advance()).expect("it hangs").unwrap();
        store.pauses(0);
        assert_eq!(finish(cache.get_many(&[2, 3])).unwrap(), [None, Some(new)], "{point}");
        let elsewhere = over::<u32, u32>(&store, &clock).build().unwrap();
        assert_eq!(finish(elsewhere.get_many(&[2, 3])).unwrap(), [None, Some(new)], "{point}");
        assert!(fetched == 1 || finish(elsewhere.get(&4)).unwrap() == Some(new), "{point}");
        finish(cache.set_many([(2, 1), (4, 1)])).unwrap();
    }
}

#[test]
fn s_32_what_a_clock_ahead_wrote_before_a_sweep_does_not_come_back() {
    let (store, early, late) = (Store::new(), clock(), clock());
    late.advance(ms(4_000));
    finish(over::<u32, u32>(&store, &late).build().unwrap().set(1, 5)).unwrap();
    let cache = over::<u32, u32>(&store, &early).build().unwrap();
    assert_eq!(finish(cache.invalidate_by_pattern(&Glob::prefix(""))).unwrap(), 1);
    assert_eq!(finish(cache.get(&1)).unwrap(), None);
}

#[test]
fn s_11_purge_reclaims_the_dead_of_both_tiers_and_nothing_else() {
    let (store, clock) = (Store::new(), clock());
    let cache = over::<u32, u32>(&store, &clock).build().unwrap();
    for key in 0..6 {
        let options = EntryOptions::new().ttl(ms(10 + u64::from(key % 2)));
        finish(cache.set_with(key, key, options.tag("t"))).unwrap();
    }
    clock.advance(ms(10));
    finish(cache.purge()).unwrap();
    assert!(!store.has("c:0") && store.has("c:1"));
    finish(cache.invalidate_by_tag("t")).unwrap();
    finish(cache.purge()).unwrap();
    assert!(!store.has("c:1"));
    store.put("c:9", &b"no record"[..]);
    finish(cache.purge()).unwrap();
    assert!(!store.has("c:9"));
}
