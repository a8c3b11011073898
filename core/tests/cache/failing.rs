//! A storage that is down, loses answers, or holds what nobody can read: cached functions go on, and
//! what is asked of it expressly says so.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cachefn_core::{Codec, EntryOptions, Error, ErrorKind, Glob, Mode};

use crate::support::*;

#[test]
fn s_19_a_cached_function_goes_on_whichever_call_of_the_storage_fails() {
    for mood in [Mood::Down, Mood::Mute] {
        for stored in [false, true] {
            for at in 0..8 {
                let store = Store::new();
                if stored {
                    finish(plain(&store).set(1, 5)).unwrap();
                }
                let cache = plain(&store);
                let (log, _subscription) = Log::of(&cache);
                store.is_once(mood, at);
                assert_eq!(finish(cache.get_or_fetch(&1, async || 5)), 5);
                assert_eq!(finish(cache.get_or_fetch_shared(&1, || async { 5 })), 5);
                let options = EntryOptions::new().tag("t");
                let tagged = finish(cache.get_or_fetch_with(&2, options, async |_| 6));
                assert_eq!(tagged, 6);
                assert_eq!(finish(cache.get(&1)).unwrap(), Some(5), "memory serves");
                let failed = cache.stats().storage_failures;
                assert!(failed <= 1, "{failed} failures for one");
                let told = [1, 2].map(|key| log.count(&format!("error {key} storage-failed")));
                assert_eq!(told.iter().sum::<usize>(), failed as usize, "{mood:?} {at}");
            }
        }
    }
}

#[test]
fn s_28_a_value_whose_late_tags_have_no_tokens_is_not_kept_in_the_storage() {
    for at in 0..6 {
        let store = Store::new();
        let cache = plain(&store);
        store.is_once(Mood::Down, at);
        let value = finish(cache.get_or_fetch_with(&1, EntryOptions::new(), async |context| {
            context.tags(["late"]);
            5
        }));
        assert_eq!(value, 5);
        store.is(Mood::Well);
        finish(plain(&store).invalidate_by_tag("late")).unwrap();
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), None, "call {at} failed");
    }
}

#[test]
fn h_16_one_load_asks_the_storage_once_however_many_wait_for_it_and_whether_it_fails_or_not() {
    for (mood, calls) in
        [(Mood::Well, &["get", "create_tokens", "set"][..]), (Mood::Down, &["get"][..])]
    {
        let store = Store::new();
        let cache = plain(&store);
        store.is(mood);
        store.pauses(2);
        let mut tasks = Tasks::new(16);
        for _ in 0..32 {
            tasks.spawn(async { assert_eq!(cache.get_or_fetch(&1, async || 5).await, 5) });
        }
        tasks.run();
        assert_eq!(store.calls(), calls, "{mood:?}");
    }
}

#[test]
fn s_19_a_storage_that_is_down_for_good_costs_a_fetch_each_time_memory_forgets() {
    let store = Store::new();
    let cache = over::<u32, u32>(&store, &clock()).max_entries(1).build().unwrap();
    store.is(Mood::Down);
    for round in 0..10 {
        for key in [1, 2] {
            assert_eq!(finish(cache.get_or_fetch(&key, async || round)), round);
        }
    }
    assert_eq!(cache.stats().loads, 20);
}

#[test]
fn s_19_operations_return_the_error_of_the_storage_and_memory_did_its_part() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set(1, 5)).unwrap();
    store.is(Mood::Down);
    let unavailable = |result: Result<(), Error>| {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unavailable);
    };
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5), "memory needs no storage");
    unavailable(finish(cache.get(&2)).map(drop));
    unavailable(finish(cache.get_many(&[1, 2])).map(drop));
    unavailable(finish(cache.peek(&2)).map(drop));
    unavailable(finish(cache.contains(&2)).map(drop));
    unavailable(finish(cache.set(3, 6)));
    assert_eq!(finish(cache.get(&3)).unwrap(), Some(6));
    unavailable(finish(cache.set_many([(4, 7)])));
    assert_eq!(finish(cache.get(&4)).unwrap(), Some(7));
    unavailable(finish(cache.set_if_absent(5, 1)).map(drop));
    unavailable(finish(cache.update(6, |_| Some(1))).map(drop));
    unavailable(finish(cache.delete(&1)).map(drop));
    unavailable(finish(cache.delete_many(&[3])).map(drop));
    unavailable(finish(cache.expire(&4)).map(drop));
    assert_eq!(cache.len(), 0, "what was to go is gone from memory");
    unavailable(finish(cache.clear()));
    unavailable(finish(cache.invalidate_by_tag("t")));
    unavailable(finish(cache.invalidate_by_tags_with(["t"], Mode::Expire)));
    unavailable(finish(cache.invalidate_by_pattern(&Glob::prefix(""))).map(drop));
    unavailable(finish(cache.purge()).map(drop));
    unavailable(finish(cache.flush()));
    unavailable(finish(cache.close()));
}

#[test]
fn h_30_a_record_with_any_bit_changed_or_cut_anywhere_is_a_miss_and_goes() {
    let store = Store::new();
    let writer = plain(&store);
    finish(writer.set_with(1, 0xABCD, EntryOptions::new().tag("t"))).unwrap();
    let whole = store.bytes("c:1").unwrap();
    let mut torn: Vec<Vec<u8>> = (0..whole.len()).map(|length| whole[..length].to_vec()).collect();
    torn.extend((0..whole.len() * 8).map(|bit| {
        let mut bytes = whole.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    }));
    for bytes in torn {
        store.put("c:1", bytes);
        let cache = plain(&store);
        let (log, _subscription) = Log::of(&cache);
        assert_eq!(finish(cache.get(&1)).unwrap(), None);
        assert!(!store.has("c:1"), "it was deleted");
        let stats = cache.stats();
        assert_eq!((stats.decode_failures, stats.misses, stats.storage_failures), (1, 1, 0));
        assert_eq!(log.count("error 1 undecodable"), 1);
        assert_eq!(finish(cache.get_or_fetch(&1, async || 7)), 7);
    }
}

#[test]
fn s_39_a_record_that_changed_since_it_was_read_is_not_deleted() {
    let store = Store::new();
    finish(plain(&store).set(1, 5)).unwrap();
    let whole = store.bytes("c:1").unwrap();
    store.change("c:1", |bytes| bytes.truncate(9));
    store.pauses(1);
    let cache = plain(&store);
    let mut reader = Task::new(cache.get(&1));
    while store.calls().last().is_none_or(|call| call != "delete_if") {
        assert!(reader.poll().is_none());
    }
    store.put("c:1", whole.clone());
    assert_eq!(reader.finish().unwrap(), None);
    assert_eq!(store.bytes("c:1"), Some(whole));
}

#[test]
fn h_05_a_record_of_another_key_is_a_miss() {
    let store = Store::new();
    finish(plain(&store).set(2, 5)).unwrap();
    store.put("c:1", store.bytes("c:2").unwrap());
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), None);
    assert_eq!(finish(plain(&store).get_many(&[1, 2])).unwrap(), [None, Some(5)]);
}

#[test]
fn h_31_a_record_of_another_type_is_a_miss_for_reads_and_for_cached_functions() {
    let (store, clock) = (Store::new(), clock());
    let numbers = || over::<u32, u64>(&store, &clock).build().unwrap();
    let texts = || over::<u32, String>(&store, &clock).build().unwrap();
    finish(numbers().set(1, 5)).unwrap();
    assert_eq!(finish(texts().get(&1)).unwrap(), None);
    finish(numbers().set(1, 5)).unwrap();
    assert_eq!(finish(texts().get_many(&[1])).unwrap(), [None]);
    finish(numbers().set(1, 5)).unwrap();
    assert_eq!(finish(texts().get_or_fetch(&1, async || "text".to_string())), "text");
    assert_eq!(finish(numbers().get(&1)).unwrap(), None);
}

/// Refuses odd numbers on their way out, and those that end in 2 on their way back.
struct Picky;

impl Codec<u32> for Picky {
    fn id(&self) -> u8 {
        200
    }
    fn schema(&self) -> u32 {
        0
    }
    fn encode(&self, value: &u32, bytes: &mut Vec<u8>) -> Result<(), Error> {
        bytes.extend(value.to_le_bytes());
        if value % 2 == 1 { Err(Error::unsupported("encode", "odd")) } else { Ok(()) }
    }
    fn decode(&self, bytes: &[u8]) -> Result<u32, Error> {
        let value = bytes.try_into().map_or(2, u32::from_le_bytes);
        if value % 10 == 2 { Err(Error::unsupported("decode", "ends in 2")) } else { Ok(value) }
    }
}

#[test]
fn s_19_a_value_without_bytes_is_served_from_memory_and_the_failure_counted() {
    let store = Store::new();
    let build = || over::<u32, u32>(&store, &clock()).codec(Picky).build().unwrap();
    let cache = build();
    let (log, _subscription) = Log::of(&cache);
    assert_eq!(finish(cache.get_or_fetch(&1, async || 5)), 5);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    assert_eq!((cache.stats().storage_failures, log.count("error 1 storage-failed")), (1, 1));
    assert_eq!(finish(cache.get_or_fetch(&2, async || 2)), 2);
    assert_eq!(finish(build().get_or_fetch(&2, async || 4)), 4, "what cannot be read is a miss");
}

#[test]
fn s_18_a_value_that_the_storage_cannot_take_leaves_no_older_one_there() {
    let store = Store::new();
    let build = || over::<u32, u32>(&store, &clock()).codec(Picky).build().unwrap();
    let cache = build();
    let set = |value| finish(cache.set(1, value));
    set(4).unwrap();
    set(5).unwrap_err();
    assert_eq!(finish(build().get(&1)).unwrap(), None, "set");
    set(4).unwrap();
    finish(cache.set_many([(1, 5), (2, 6)])).unwrap_err();
    assert_eq!(finish(build().get_many(&[1, 2])).unwrap(), [None, Some(6)], "set_many");
    set(4).unwrap();
    finish(cache.update(1, |_| Some(5))).unwrap_err();
    assert_eq!(finish(build().get(&1)).unwrap(), None, "update");
}

#[test]
fn s_18_a_record_too_large_for_the_storage_is_an_error_and_leaves_no_older_one() {
    let (store, clock) = (Store::new(), clock());
    store.takes_at_most(200);
    let build = || over::<u32, String>(&store, &clock).build().unwrap();
    let cache = build();
    finish(cache.set(1, "small".into())).unwrap();
    let error = finish(cache.set(1, "x".repeat(1_000))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooHeavy);
    assert!(!error.to_string().contains("xxx"), "no value in {error}");
    assert_eq!(finish(build().get(&1)).unwrap(), None);
    let huge = "y".repeat(100_000_000);
    assert_eq!(finish(cache.get_or_fetch(&2, async || huge)).len(), 100_000_000);
}

#[test]
fn h_06_a_key_that_no_storage_takes_is_served_from_memory_and_refused_by_operations() {
    let store = Store::new();
    let cache = over::<String, u32>(&store, &clock()).build().unwrap();
    let long = "k".repeat(70_000);
    assert_eq!(finish(cache.get_or_fetch(&long, async || 5)), 5);
    assert_eq!(finish(cache.get(&long)).unwrap(), Some(5));
    let other = "l".repeat(70_000);
    assert_eq!(finish(cache.set(other.clone(), 1)).unwrap_err().kind(), ErrorKind::Key);
    assert_eq!(finish(cache.get(&other)).unwrap_err().kind(), ErrorKind::Key);
    for odd in ["", "\0", "*", "a:b", "%n:c", "\n", "é", "c:1"] {
        finish(cache.set(odd.into(), 1)).unwrap();
        let elsewhere = over::<String, u32>(&store, &clock()).build().unwrap();
        assert_eq!(finish(elsewhere.get(odd)).unwrap(), Some(1), "{odd:?}");
    }
}

#[test]
fn s_19_a_listener_that_panics_harms_no_read_and_no_load() {
    let store = Store::new();
    let cache = plain(&store);
    let _subscription = cache.subscribe(|_| std::panic::resume_unwind(Box::new(())));
    store.is(Mood::Down);
    let value = catch_unwind(AssertUnwindSafe(|| finish(cache.get_or_fetch(&1, async || 5))));
    assert_eq!(value.ok(), Some(5));
}
