//! Listeners: told outside all locks, in order, and unable to harm the cache.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Weak};

use cachefn_core::{EntryOptions, Event, EventKind, Glob, MemoryCache, Mode, unsync};

use crate::faces;
use crate::support::{Log, Random, Reads, clock_at, ms, watched};

type Heard = Mutex<Vec<(EventKind, Option<u32>)>>;

fn kinds(events: &Heard) -> Vec<(EventKind, Option<u32>)> {
    std::mem::take(&mut *events.lock().expect("no panic while it is held"))
}

fn recorder(events: &Arc<Heard>) -> impl Fn(&Event<u32>) + Send + Sync + 'static {
    let events = events.clone();
    move |event| events.lock().expect("no panic while it is held").push((event.kind, event.key))
}

#[test]
fn s_33_a_listener_that_panics_harms_neither_callers_nor_other_listeners() {
    let cache = MemoryCache::<u32, u32>::builder().build().expect("valid");
    let events = Arc::default();
    let _angry = cache.subscribe(|_| panic!("a listener gives up"));
    let _calm = cache.subscribe(recorder(&events));
    cache.set(1, 1).expect("memory");
    assert_eq!(cache.get(&1), Some(1));
    let expected = [(EventKind::Set, Some(1)), (EventKind::Hit, Some(1))];
    assert_eq!(kinds(&events), expected);
}

#[test]
fn h_25_a_listener_may_use_the_cache_and_hears_of_that_afterwards() {
    let cache = Arc::new(MemoryCache::<u32, u32>::builder().build().expect("valid"));
    let events = Arc::default();
    let _records = cache.subscribe(recorder(&events));
    let _deletes = cache.subscribe({
        let cache = Arc::downgrade(&cache);
        move |event| {
            if let (EventKind::Set, Some(key), Some(cache)) =
                (event.kind, event.key, cache.upgrade())
            {
                cache.delete(&key);
            }
        }
    });
    cache.set(1, 1).expect("memory");
    assert_eq!(kinds(&events), [(EventKind::Set, Some(1)), (EventKind::Delete, Some(1))]);
    assert!(cache.is_empty());
}

#[test]
fn a_subscription_ends_when_it_is_dropped() {
    let cache = MemoryCache::<u32, u32>::builder().build().expect("valid");
    let events = Arc::default();
    let subscription = cache.subscribe(recorder(&events));
    cache.get(&1);
    drop(subscription);
    cache.get(&2);
    assert_eq!(kinds(&events), [(EventKind::Miss, Some(1))]);

    let mut cache = unsync::MemoryCache::<u32, u32>::builder().build().expect("valid");
    let subscription = cache.subscribe(recorder(&events));
    cache.get(&1);
    drop(subscription);
    cache.get(&2);
    assert_eq!(kinds(&events), [(EventKind::Miss, Some(1))]);
}

#[test]
fn events_of_one_key_come_in_the_order_of_their_effects_whatever_the_threads_do() {
    let cache = MemoryCache::<u32, u32>::builder().build().expect("valid");
    let events = Arc::default();
    let subscription = cache.subscribe(recorder(&events));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2_000 {
                    cache.set(1, 1).expect("memory");
                    cache.delete(&1);
                }
            });
        }
    });
    // Whoever delivers last may be another thread; all have ended, so one call more empties the queue.
    cache.get(&2);
    drop(subscription);
    let mut present = false;
    let mut sets = 0;
    for (kind, _) in kinds(&events) {
        match kind {
            EventKind::Set => (present, sets) = (true, sets + 1),
            EventKind::Delete => {
                assert!(present, "deleted before it was set");
                present = false;
            }
            _ => {}
        }
    }
    assert_eq!(sets, 8_000);
}

faces! {
    fn s_42_every_kind_is_told_with_key_cause_and_count() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<u32, u32>::builder().max_entries(3).max_weight(100);
        let mut cache = builder.weigher(|_, value| u64::from(*value)).clock(clock.clone()).build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        let told = |expected: &[&str]| assert_eq!(log.take(), expected);
        let _ = cache.value(&1);
        told(&["miss 1"]);
        cache.set(1, 10).unwrap();
        told(&["set 1"]);
        let _ = cache.value(&1);
        told(&["hit 1"]);
        cache.set(1, 11).unwrap();
        told(&["set 1 replaced"]);
        cache.get_or_fetch(&2, || 2);
        told(&["miss 2", "load 2", "set 2"]);
        cache.get_or_fetch(&2, || 2);
        told(&["hit 2"]);
        let _ = cache.get_or_fetch(&3, || Err("down"));
        told(&["miss 3", "error 3 load-failed"]);
        cache.delete(&2);
        told(&["delete 2 deleted"]);
        cache.delete(&2);
        told(&[]);
        cache.set(1, 101).unwrap_err();
        told(&["eviction 1 too-heavy"]);
        cache.set_with(4, 4, EntryOptions::new().ttl(ms(5)).stale_if_error(ms(9))).unwrap();
        clock.advance(ms(5));
        assert_eq!(cache.get_or_fetch(&4, || Err("down")), Ok(4));
        told(&["set 4", "miss 4", "error 4 load-failed", "stale 4 load-failed"]);
        clock.advance(ms(9));
        cache.purge();
        told(&["expire 4 expired"]);
        cache.set_with(5, 5, EntryOptions::new().tag("t")).unwrap();
        cache.invalidate_by_tag("t");
        cache.purge();
        told(&["set 5", "invalidate", "delete 5 tag"]);
        cache.set(6, 6).unwrap();
        cache.invalidate_by_pattern(&Glob::prefix("6"));
        told(&["set 6", "delete 6 pattern", "invalidate (1)"]);
        cache.set(7, 7).unwrap();
        cache.clear();
        told(&["set 7", "delete 7 cleared"]);
        cache.clear();
        told(&[]);
        cache.set_many([(1, 1), (2, 2), (3, 3)]).unwrap();
        log.take();
        cache.set(8, 8).unwrap();
        let evicted = log.sorted();
        assert_eq!((evicted.len(), &*evicted[1]), (2, "set 8"));
        assert!(evicted[0].starts_with("eviction ") && evicted[0].ends_with(" evicted"));
        let _ = (cache.peeked(&8), cache.contains(&8), cache.len(), cache.stats());
        let _ = (cache.keys(&Glob::prefix("")), cache.entries(&Glob::prefix(""), 5));
        told(&[]);
    }

    fn s_33_every_stored_value_leaves_exactly_once() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<u64, u64>::builder().max_entries(20).max_weight(400).seed(4);
        let mut cache = builder.weigher(|key, _| *key).clock(clock.clone()).build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        let mut random = Random(17);
        let mut living = std::collections::HashSet::new();
        for _ in 0..20_000 {
            let key = random.below(50);
            let options = EntryOptions::new().ttl(ms(1 + random.below(50)));
            match random.below(12) {
                0 => drop(cache.delete(&key)),
                1 => cache.invalidate_by_tag(&random.below(4).to_string()),
                2 => drop(cache.invalidate_by_pattern(&Glob::prefix(&key.to_string()))),
                3 if random.below(20) == 0 => cache.clear(),
                4 => drop(cache.expire(&key)),
                5 => drop(cache.update(key, |old| old.map(|old| old + 1))),
                6 => drop(cache.set_if_absent(key, 1)),
                7 => cache.invalidate_by_tag_with(&random.below(4).to_string(), Mode::Expire),
                8 => drop(cache.purge()),
                9 => drop(cache.get_or_fetch(&key, || 5)),
                _ => {
                    let options = match random.below(3) {
                        0 => options.stale_if_error(ms(20)),
                        1 => options.tti(ms(5)),
                        _ => EntryOptions::new(),
                    };
                    let options = options.tag(random.below(4).to_string());
                    cache.set_with(key, 1, options).unwrap();
                }
            }
            clock.advance(ms(random.below(3)));
            for told in log.take() {
                let words: Vec<_> = told.split(' ').collect();
                let key: u64 = words.get(1).and_then(|key| key.parse().ok()).unwrap_or(999);
                match (words[0], words.get(2).copied()) {
                    ("set", None) => assert!(living.insert(key), "{told}: it was there"),
                    ("set", Some("replaced")) => assert!(living.contains(&key), "{told}"),
                    ("delete" | "expire" | "eviction", Some(_)) => {
                        assert!(living.remove(&key), "{told}: it was not there");
                    }
                    ("invalidate" | "load", _) => {}
                    _ => panic!("{told}"),
                }
            }
            assert_eq!(living.len() as u64, cache.stats().size);
        }
    }

    fn s_33_values_are_dropped_as_soon_as_they_left() {
        let clock = clock_at(1_000);
        let value = Rc::new(());
        let builder = Cache::<u32, Rc<()>>::builder().max_entries(2).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        let held = || Rc::strong_count(&value) - 1;
        let keep = || value.clone();
        cache.set(1, keep()).unwrap();
        cache.set(1, keep()).unwrap();
        assert_eq!(held(), 1, "replaced");
        cache.delete(&1);
        assert_eq!(held(), 0, "deleted");
        (0..9).for_each(|key| cache.set(key, keep()).unwrap());
        assert_eq!(held(), 2, "evicted");
        cache.clear();
        assert_eq!(held(), 0, "cleared before it returns");
        cache.set_with(1, keep(), EntryOptions::new().ttl(ms(1))).unwrap();
        clock.advance(ms(1));
        cache.purge();
        assert_eq!(held(), 0, "purged");
        cache.set_with(1, keep(), EntryOptions::new().ttl(ms(0))).unwrap();
        cache.set(1, keep()).unwrap();
        assert_eq!(cache.set_if_absent(1, keep()), Ok(false));
        assert_eq!(held(), 1, "refused");
        cache.update(1, |_| None).unwrap();
        cache.get_or_fetch_with(&2, EntryOptions::new(), |context| {
            context.skip();
            keep()
        });
        assert_eq!(held(), 0);
        cache.set(1, keep()).unwrap();
        drop(cache);
        assert_eq!(held(), 0, "with the cache");
    }

    fn h_25_a_subscription_held_by_a_listener_ends_with_it() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let inner = cache.subscribe(|_| {});
        let outer = cache.subscribe(move |_| {
            let _ = &inner;
        });
        cache.set(1, 1).unwrap();
        drop(outer);
        cache.set(1, 2).unwrap();
        assert_eq!(cache.value(&1), Some(2));
    }

    fn h_25_a_subscription_may_outlive_its_cache() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let subscription = cache.subscribe(log.listener());
        cache.set(1, 1).unwrap();
        drop(cache);
        drop(subscription);
        assert_eq!(log.take(), ["set 1"]);
    }

    fn h_25_every_listener_hears_everything_once_in_the_same_order() {
        let mut cache = Cache::<u32, u32>::builder().max_entries(5).build().unwrap();
        let logs = [Log::new(), Log::new(), Log::new()];
        let subscriptions: Vec<_> = logs.iter().map(|log| cache.subscribe(log.listener())).collect();
        for key in 0..50 {
            cache.get_or_fetch(&(key % 9), || key);
        }
        let [one, two, three] = logs.map(|log| log.take());
        assert!(one.len() > 100 && one == two && two == three);
        drop(subscriptions);
    }

    fn s_33_a_listener_that_panics_harms_nobody() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let _angry = cache.subscribe(|_| panic!("a listener gives up"));
        let _calm = cache.subscribe(log.listener());
        cache.set(1, 1).unwrap();
        assert_eq!(cache.value(&1), Some(1));
        assert_eq!(cache.get_or_fetch(&2, || 2), 2);
        cache.set_many([(3, 3), (4, 4)]).unwrap();
        cache.clear();
        assert_eq!(cache.len(), 0);
        let told = log.take();
        assert_eq!(told[..5], ["set 1", "hit 1", "miss 2", "load 2", "set 2"]);
        assert_eq!(told.len(), 11);
    }
}

#[test]
fn h_25_a_listener_may_end_its_own_subscription() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let (heard, log) = (Arc::new(AtomicUsize::new(0)), Log::new());
        let own = Arc::new(Mutex::new(None));
        let listener = {
            let (heard, own) = (heard.clone(), own.clone());
            move |_: &Event<u32>| {
                heard.fetch_add(1, SeqCst);
                drop(own.lock().unwrap().take());
            }
        };
        *own.lock().unwrap() = Some(cache.subscribe(listener));
        let _other = cache.subscribe(log.listener());
        cache.set(1, 1).unwrap();
        cache.set(2, 2).unwrap();
        cache.clear();
        assert_eq!((heard.load(SeqCst), log.take().len()), (1, 4));
    });
    let mut cache = unsync::MemoryCache::<u32, u32>::builder().build().unwrap();
    let own = Rc::new(RefCell::new(None));
    let heard = Rc::new(RefCell::new(0));
    let listener = {
        let (heard, own) = (heard.clone(), own.clone());
        move |_: &Event<u32>| {
            *heard.borrow_mut() += 1;
            let ended: Option<unsync::Subscription<u32>> = own.borrow_mut().take();
            drop(ended);
        }
    };
    *own.borrow_mut() = Some(cache.subscribe(listener));
    cache.set(1, 1).unwrap();
    cache.set(2, 2).unwrap();
    assert_eq!(*heard.borrow(), 1);
}

#[test]
fn h_25_a_listener_whose_end_panics_does_not_silence_the_others() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in the end");
        }
    }
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let log = Log::new();
        let own = Arc::new(Mutex::new(None));
        let listener = {
            let (own, bomb) = (Arc::downgrade(&own), Bomb);
            move |_: &Event<u32>| {
                let _ = &bomb;
                drop(
                    own.upgrade().and_then(|own: Arc<Mutex<Option<_>>>| own.lock().unwrap().take()),
                );
            }
        };
        *own.lock().unwrap() = Some(cache.subscribe(listener));
        let _other = cache.subscribe(log.listener());
        let _ = crate::support::panics(|| cache.set(1, 1));
        log.take();
        cache.set(2, 2).unwrap();
        cache.get(&2);
        assert_eq!(log.take(), ["set 2", "hit 2"]);
    });
}

#[test]
fn h_25_a_listener_may_subscribe_and_use_every_operation_of_the_cache() {
    watched(|| {
        let cache = Arc::new(MemoryCache::<u32, u32>::builder().max_entries(10).build().unwrap());
        let (log, more) = (Log::new(), Arc::new(Mutex::new(Vec::new())));
        let _records = cache.subscribe(log.listener());
        let _busy = cache.subscribe({
            let (cache, more): (Weak<MemoryCache<u32, u32>>, _) =
                (Arc::downgrade(&cache), more.clone());
            move |event| {
                let Some(cache) = cache.upgrade().filter(|_| event.key == Some(1)) else { return };
                if event.kind == EventKind::Set {
                    cache.set(100, 1).unwrap();
                    cache.get_or_fetch(&101, || 2);
                    cache.update(102, |_| Some(3)).unwrap();
                    cache.delete(&100);
                    cache.invalidate_by_tag("t");
                    let _ = (cache.len(), cache.stats(), cache.keys(&Glob::prefix("")));
                    more.lock().unwrap().push(cache.subscribe(|_| {}));
                }
            }
        });
        cache.set(1, 1).unwrap();
        let told = [
            "set 1",
            "set 100",
            "miss 101",
            "load 101",
            "set 101",
            "set 102",
            "delete 100 deleted",
            "invalidate",
        ];
        assert_eq!(log.take(), told);
        assert_eq!(more.lock().unwrap().len(), 1);
        more.lock().unwrap().clear();
    });
}

#[test]
fn s_42_who_subscribes_hears_of_nothing_from_before() {
    let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
    let (early, late) = (Log::new(), Log::new());
    let first = cache.subscribe(early.listener());
    cache.set(1, 1).unwrap();
    drop(first);
    cache.set(2, 2).unwrap();
    let _second = cache.subscribe(late.listener());
    cache.set(3, 3).unwrap();
    assert_eq!((early.take(), late.take()), (vec!["set 1".into()], vec!["set 3".to_string()]));
}

#[test]
fn s_33_events_of_each_key_are_in_the_order_of_effects_under_every_operation() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().max_entries(20_000).build().unwrap();
        let log = Log::new();
        let subscription = cache.subscribe(log.changes());
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let cache = &cache;
                scope.spawn(move || {
                    let mut random = Random(thread);
                    for _ in 0..3_000 {
                        let key = random.below(4) as u32;
                        match random.below(7) {
                            0 => drop(cache.delete(&key)),
                            1 => drop(cache.invalidate_by_pattern(&Glob::prefix(&key.to_string()))),
                            2 => cache.clear(),
                            3 => drop(cache.update(key, |old| old.map(|old| old + 1))),
                            4 => drop(cache.get_or_fetch(&key, || 1)),
                            5 => drop(cache.set_if_absent(key, 1).unwrap()),
                            _ => cache.set(key, 1).unwrap(),
                        }
                    }
                });
            }
        });
        cache.get(&100);
        drop(subscription);
        let mut present = [false; 4];
        for told in log.take() {
            let words: Vec<_> = told.split(' ').collect();
            let Some(key) = words.get(1).and_then(|key| key.parse::<usize>().ok()) else {
                continue;
            };
            let before = present[key];
            match words[0] {
                "set" => {
                    assert_eq!(before, words.len() == 3, "{told}");
                    present[key] = true;
                }
                "delete" => {
                    assert!(before, "{told}");
                    present[key] = false;
                }
                _ => assert_eq!(words[0], "load"),
            }
        }
        for (key, present) in present.into_iter().enumerate() {
            assert_eq!(cache.contains(&(key as u32)), present);
        }
    });
}
