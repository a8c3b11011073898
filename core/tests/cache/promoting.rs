//! What the storage has, on its way to memory: for the time it has left, and no longer.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{
    Cache, Capabilities, EntryOptions, Error, Found, Keep, ManualClock, Postcard, Record, Storage,
};

use crate::support::*;

#[test]
fn h_18_a_promoted_entry_lives_for_the_time_it_has_left() {
    for left in [1, 400] {
        let (store, clock) = (Store::new(), clock());
        let build = || over::<u32, u32>(&store, &clock).ttl(ms(1_000)).build().unwrap();
        finish(build().set(1, 5)).unwrap();
        clock.advance(ms(1_000 - left));
        let cache = build();
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
        assert_eq!(finish(cache.get_or_fetch(&1, async || 9)), 5);
        store.lose_all();
        clock.advance(ms(left - 1));
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(5), "{left} ms left, from memory");
        clock.advance(ms(1));
        assert_eq!(finish(cache.get(&1)).unwrap(), None, "dead at the very millisecond");
    }
}

#[test]
fn h_17_an_endless_life_stays_endless() {
    let (store, clock) = (Store::new(), clock());
    let build = || over::<u32, u32>(&store, &clock).build().unwrap();
    for ttl in [None, Some(Duration::MAX), Some(ms(u64::MAX))] {
        let options = ttl.map_or(EntryOptions::new(), |ttl| EntryOptions::new().ttl(ttl));
        finish(build().set_with(1, 5, options)).unwrap();
        clock.advance(ms(1 << 50));
        let cache = build();
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
        clock.advance(ms(1 << 50));
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    }
}

#[test]
fn s_04_time_to_idle_and_stale_windows_go_with_an_entry() {
    let (store, clock) = (Store::new(), clock());
    let build = || {
        let builder = over::<u32, u32>(&store, &clock).ttl(ms(1_000)).tti(ms(10));
        builder.stale_if_error(ms(50)).build().unwrap()
    };
    finish(build().set(1, 5)).unwrap();
    clock.advance(ms(980));
    // Built otherwise: what counts is how the entry was written.
    let cache = over::<u32, u32>(&store, &clock).build().unwrap();
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    let writer = over::<u32, u32>(&store, &clock).build().unwrap();
    finish(writer.set(2, 6)).unwrap();
    clock.advance(ms(20));
    assert_eq!(finish(cache.get_or_fetch(&1, async || Err("down"))), Ok(5));
}

#[test]
fn s_03_a_ttl_of_zero_is_kept_nowhere_and_removes_what_was() {
    let store = Store::new();
    let cache = plain(&store);
    let options = || EntryOptions::new().ttl(ms(0));
    finish(cache.set(1, 5)).unwrap();
    finish(cache.set_with(1, 6, options())).unwrap();
    assert!(!store.has("c:1") && finish(cache.get(&1)).unwrap().is_none());
    assert_eq!(finish(cache.get_or_fetch_with(&2, options(), async |_| 7)), 7);
    assert!(!store.has("c:2") && finish(cache.get(&2)).unwrap().is_none());
}

#[test]
fn s_03_set_many_removes_what_it_does_not_keep() {
    let (store, clock) = (Store::new(), clock());
    let builder = over::<u32, Option<u32>>(&store, &clock).ttl(ms(100)).negative_ttl(ms(0));
    let cache = builder.build().unwrap();
    finish(cache.set_many([(1, Some(5)), (2, Some(6))])).unwrap();
    finish(cache.set_many([(1, None), (2, Some(7))])).unwrap();
    assert_eq!(finish(cache.get_many(&[1, 2])).unwrap(), [None, Some(Some(7))]);
}

/// A record as another process writes it whose clock differs.
fn written_at(store: &Store, clock: &ManualClock, shift: i64, ttl: u64) {
    finish(over::<u32, u32>(store, clock).ttl(ms(ttl)).build().unwrap().set(1, 5)).unwrap();
    let mut record = Record::decode(&store.bytes("c:1").unwrap()).unwrap();
    record.created = record.created.saturating_add_signed(shift);
    store.put("c:1", record.encode(None));
}

#[test]
fn s_05_a_record_from_up_to_five_seconds_in_the_future_is_read_and_a_later_one_counted() {
    for (ahead, found) in [(0, true), (5_000, true), (5_001, false), (31_536_000_000, false)] {
        let (store, clock) = (Store::new(), clock());
        written_at(&store, &clock, ahead, 60_000);
        let cache = over::<u32, u32>(&store, &clock).build().unwrap();
        assert_eq!(finish(cache.get(&1)).unwrap().is_some(), found, "{ahead} ms ahead");
        let stats = cache.stats();
        assert_eq!((stats.skewed, stats.decode_failures), (u64::from(!found), 0));
        // From memory it lives no longer than its ttl.
        clock.advance(ms(60_000));
        store.lose_all();
        assert_eq!(finish(cache.get(&1)).unwrap(), None);
        assert_eq!(finish(cache.get_or_fetch(&1, async || 7)), 7);
    }
}

#[test]
fn h_21_a_clock_set_back_or_forward_by_a_year_costs_misses_and_nothing_else() {
    const YEAR: i64 = 31_536_000_000;
    for shift in [-YEAR, YEAR] {
        let (store, clock) = (Store::new(), ManualClock::new());
        clock.advance(ms(2 * YEAR as u64));
        written_at(&store, &clock, shift, 60_000);
        let cache = over::<u32, u32>(&store, &clock).ttl(ms(60_000)).build().unwrap();
        assert_eq!(finish(cache.get(&1)).unwrap(), None);
        assert_eq!(finish(cache.get_or_fetch(&1, async || 7)), 7);
        assert_eq!(finish(plain_at(&store, &clock).get(&1)).unwrap(), Some(7));
    }
}

fn plain_at(store: &Store, clock: &ManualClock) -> Cache<u32, u32> {
    over(store, clock).build().unwrap()
}

/// A storage that knows how long it keeps a record.
struct Knowing(Store, Duration);

impl Storage for Knowing {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let mut found = self.0.get(name).await?;
        if let Some(found) = &mut found {
            found.remaining = Some(self.1);
        }
        Ok(found)
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.0.set(name, record, keep).await
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.delete(name).await
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
}

#[test]
fn s_05_the_smaller_of_what_record_and_storage_say_is_left_counts() {
    for (remaining, expected) in [(400, 400), (600, 600), (5_000, 600), (0, 0)] {
        let (store, clock) = (Store::new(), clock());
        let builder = Cache::<u32, u32>::builder("c").codec(Postcard).clock(clock.clone());
        let cache = builder.storage(Knowing(store.clone(), ms(remaining))).build().unwrap();
        finish(plain_at(&store, &clock).set_with(1, 5, EntryOptions::new().ttl(ms(1_000))))
            .unwrap();
        clock.advance(ms(400));
        let found = finish(cache.get(&1)).unwrap();
        assert_eq!(found.is_some(), expected > 0, "{remaining} ms");
        store.lose_all();
        clock.advance(ms(u64::max(expected, 1) - 1));
        assert_eq!(finish(cache.get(&1)).unwrap().is_some(), expected > 0);
        clock.advance(ms(1));
        assert_eq!(finish(cache.get(&1)).unwrap(), None, "{remaining} ms");
    }
}

#[test]
fn s_12_of_many_who_look_for_one_key_one_asks_the_storage() {
    let store = Store::new();
    finish(plain(&store).set(1, 5)).unwrap();
    store.calls();
    store.pauses(2);
    let cache = plain(&store);
    let mut tasks = Tasks::new(5);
    for at in 0..100 {
        let cache = &cache;
        tasks.spawn(async move {
            let value = match at % 3 {
                0 => cache.get(&1).await.unwrap(),
                1 => Some(cache.get_or_fetch(&1, async || 9).await),
                _ => Some(cache.get_or_fetch_shared(&1, || async { 9 }).await),
            };
            assert_eq!(value, Some(5));
        });
    }
    tasks.run();
    assert_eq!(store.calls(), ["get", "tokens"]);
}

#[test]
fn s_12_who_only_looks_does_not_wait_for_a_fetcher() {
    let store = Store::new();
    let cache = plain(&store);
    let mut leader = Task::new(cache.get_or_fetch(&1, std::future::pending::<u32>));
    assert!(leader.poll().is_none());
    assert_eq!(finish(cache.get(&1)).unwrap(), None);
    assert_eq!(finish(cache.get_many(&[1])).unwrap(), [None]);
    assert!(finish(cache.set_if_absent(1, 4)).unwrap());
    assert_eq!(finish(cache.get_or_fetch(&1, async || 9)), 4);
}

#[test]
fn s_34_get_many_and_set_many_are_one_call_of_the_storage() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set_many((0..50).map(|key| (key, key)))).unwrap();
    assert_eq!(store.calls(), ["create_tokens", "set_many"]);
    let elsewhere = plain(&store);
    let keys: Vec<u32> = (0..60).collect();
    let found = finish(elsewhere.get_many(&keys)).unwrap();
    assert_eq!(found.iter().flatten().count(), 50);
    assert_eq!(store.calls(), ["get_many", "tokens"]);
    assert_eq!(finish(elsewhere.get_many(&keys[..50])).unwrap(), found[..50]);
    assert_eq!(finish(cache.delete_many(&keys)).unwrap(), 50);
    assert_eq!(store.calls(), ["delete_many"]);
    let none: [u32; 0] = [];
    assert_eq!(finish(cache.get_many(&none)).unwrap(), []);
}

#[test]
fn s_34_get_many_of_a_cache_that_reads_through_asks_the_storage_once() {
    let (store, clock) = (Store::new(), clock());
    finish(plain_at(&store, &clock).set_many([(1, 1), (2, 4)])).unwrap();
    store.calls();
    let builder = over::<u32, u32>(&store, &clock).fetcher(|key| async move { key * 100 });
    let cache = builder.build().unwrap();
    assert_eq!(finish(cache.get_many(&[1, 2])).unwrap(), [Some(1), Some(4)]);
    assert_eq!(store.calls(), ["get_many", "tokens"]);
    assert_eq!(finish(cache.get_many(&[2, 3, 3])).unwrap(), [Some(4), Some(300), Some(300)]);
    store.is(Mood::Down);
    assert_eq!(finish(cache.get_many(&[4])).unwrap(), [Some(400)], "fetchers serve");
}
