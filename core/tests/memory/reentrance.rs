//! Foreign code that calls the cache back, or panics, at every moment at which the cache runs it.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use cachefn_core::{
    Clock, EntryOptions, Error, ErrorKind, EventKind, Glob, KeyText, MemoryCache, Policy,
};

use crate::support::{Log, ignore, ms, panics, watched};

/// Where foreign code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Hash,
    Eq,
    KeyClone,
    KeyDrop,
    KeyText,
    ValueClone,
    ValueDrop,
    Clock,
    Weigher,
}

thread_local! {
    static ARMED: RefCell<Option<(At, Box<dyn FnOnce()>)>> = const { RefCell::new(None) };
}

/// The next time that foreign code runs there in this thread, it does this.
fn arm(at: At, hook: impl FnOnce() + 'static) {
    ARMED.with_borrow_mut(|armed| *armed = Some((at, Box::new(hook))));
}

/// Whether the hook has not run yet; it will not any more.
fn disarm() -> bool {
    ARMED.with_borrow_mut(Option::take).is_some()
}

fn fire(at: At) {
    let hook = ARMED.try_with(|armed| armed.borrow_mut().take_if(|(armed, _)| *armed == at));
    if let Ok(Some((_, hook))) = hook {
        hook();
    }
}

#[derive(Debug)]
struct Key(u32);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fire(At::Hash);
        self.0.hash(state);
    }
}
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        fire(At::Eq);
        self.0 == other.0
    }
}
impl Eq for Key {}
impl Clone for Key {
    fn clone(&self) -> Self {
        fire(At::KeyClone);
        Key(self.0)
    }
}
impl Drop for Key {
    fn drop(&mut self) {
        fire(At::KeyDrop);
    }
}
impl KeyText for Key {
    fn write_text(&self, out: &mut String) {
        fire(At::KeyText);
        self.0.write_text(out);
    }
}

#[derive(Debug, PartialEq)]
struct Value(u32);

impl Clone for Value {
    fn clone(&self) -> Self {
        fire(At::ValueClone);
        Value(self.0)
    }
}
impl Drop for Value {
    fn drop(&mut self) {
        fire(At::ValueDrop);
    }
}

struct Ticking;

impl Clock for Ticking {
    fn mono_ms(&self) -> u64 {
        fire(At::Clock);
        1_000
    }
    fn wall_ms(&self) -> u64 {
        0
    }
}

type Cache = MemoryCache<Key, Value>;

/// With the keys 1 to 5 in it, each with a TTL and its value ten times the key.
fn cache() -> Arc<Cache> {
    let builder = Cache::builder().max_entries(8).max_weight(1_000).policy(Policy::Lru);
    let builder = builder.ttl(ms(100)).clock(Ticking);
    let builder = builder.weigher(|_, value: &Value| {
        fire(At::Weigher);
        u64::from(value.0)
    });
    let cache = Arc::new(builder.build().unwrap());
    (1..6).for_each(|key| cache.set(Key(key), Value(key * 10)).unwrap());
    cache
}

/// Calls, and where each runs foreign code while a part of the cache is locked.
const UNDER_A_LOCK: [(&str, At, fn(&Cache)); 21] = [
    ("get", At::Eq, |cache| ignore(cache.get(&Key(1)))),
    ("get", At::ValueClone, |cache| ignore(cache.get(&Key(1)))),
    ("get", At::Clock, |cache| ignore(cache.get(&Key(1)))),
    ("peek", At::Eq, |cache| ignore(cache.peek(&Key(1)))),
    ("peek", At::ValueClone, |cache| ignore(cache.peek(&Key(1)))),
    ("contains", At::Eq, |cache| ignore(cache.contains(&Key(1)))),
    ("get_many", At::ValueClone, |cache| ignore(cache.get_many(&[Key(1), Key(2)]))),
    ("set", At::Eq, |cache| cache.set(Key(1), Value(7)).unwrap()),
    ("set", At::Clock, |cache| cache.set(Key(1), Value(7)).unwrap()),
    ("set_if_absent", At::Eq, |cache| ignore(cache.set_if_absent(Key(1), Value(7)).unwrap())),
    ("update", At::Eq, |cache| ignore(cache.update(Key(1), |_| Some(Value(7))).unwrap())),
    ("update", At::ValueClone, |cache| ignore(cache.update(Key(1), |_| Some(Value(7))).unwrap())),
    ("delete", At::Eq, |cache| assert!(cache.delete(&Key(1)))),
    ("delete", At::Clock, |cache| assert!(cache.delete(&Key(1)))),
    ("expire", At::Eq, |cache| assert!(cache.expire(&Key(1)))),
    ("clear", At::Clock, |cache| cache.clear()),
    ("purge", At::Clock, |cache| ignore(cache.purge())),
    ("invalidate_by_pattern", At::KeyText, |cache| {
        assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("1")), 1);
    }),
    ("entries", At::ValueClone, |cache| assert_eq!(cache.entries(&Glob::prefix(""), 9).len(), 5)),
    ("get_or_fetch", At::Eq, |cache| ignore(cache.get_or_fetch(&Key(1), || Value(7)))),
    ("get_or_fetch", At::ValueClone, |cache| ignore(cache.get_or_fetch(&Key(1), || Value(7)))),
];

/// After whatever happened: all of it still works, and as much as ever fits.
fn works(cache: &Cache, name: &str) {
    assert!(!disarm(), "{name}: the foreign code did not run");
    cache.clear();
    assert_eq!((cache.len(), cache.stats().weight), (0, 0), "{name}");
    for key in 100..120 {
        cache.set(Key(key), Value(1)).unwrap();
        assert_eq!(cache.get(&Key(key)), Some(Value(1)), "{name}");
    }
    assert_eq!(cache.len(), 8, "{name}: the whole capacity can be used");
    assert_eq!(cache.get_or_fetch(&Key(200), || Value(2)), Value(2), "{name}");
    assert_eq!(cache.update(Key(200), |_| Some(Value(3))), Ok(Some(Value(3))), "{name}");
    assert!(cache.delete(&Key(200)), "{name}");
    assert_eq!(cache.len(), 7, "{name}");
}

fn refused<T: std::fmt::Debug>(operation: &str, result: Result<T, Error>) {
    let error = result.expect_err("nothing may be written now");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Reentrant, operation));
}

#[test]
fn s_17_a_read_from_code_under_a_lock_finds_nothing_and_is_told() {
    for (name, at, call) in UNDER_A_LOCK {
        watched(move || {
            let (cache, log, ran) = (cache(), Log::new(), Arc::new(AtomicUsize::new(0)));
            let _subscription = cache.subscribe(log.listener());
            let (inner, count) = (cache.clone(), ran.clone());
            arm(at, move || {
                assert_eq!(inner.get(&Key(2)), None);
                assert_eq!(inner.peek(&Key(2)), None);
                assert!(!inner.contains(&Key(2)));
                assert_eq!(inner.get_with(&Key(2), |value| value.0), None);
                assert_eq!(inner.get_many(&[Key(2)]), [None]);
                assert_eq!(inner.get_or_fetch(&Key(2), || Value(9)), Value(9), "uncached");
                count.store(1, SeqCst);
            });
            call(&cache);
            assert_eq!(ran.load(SeqCst), 1, "{name}, {at:?}");
            let told = log.take();
            let errors = told.iter().filter(|told| *told == "error Key(2) reentrant").count();
            assert!(errors >= 6, "{name}, {at:?}: {told:?}");
            works(&cache, name);
        });
    }
}

#[test]
fn s_17_lists_and_counts_from_code_under_a_lock_find_nothing() {
    for (name, at, call) in UNDER_A_LOCK {
        watched(move || {
            let cache = cache();
            let inner = cache.clone();
            arm(at, move || {
                assert_eq!((inner.len(), inner.is_empty()), (0, true));
                assert_eq!(inner.keys(&Glob::prefix("")), []);
                assert_eq!(inner.entries(&Glob::prefix(""), 5), []);
                assert_eq!((inner.stats().sets, inner.stats().size), (0, 5), "the size is no list");
            });
            call(&cache);
            works(&cache, name);
        });
    }
}

#[test]
fn s_17_a_write_from_code_under_a_lock_is_an_error() {
    for (name, at, call) in UNDER_A_LOCK {
        watched(move || {
            let cache = cache();
            let inner = cache.clone();
            arm(at, move || {
                refused("set", inner.set(Key(6), Value(1)));
                refused("set", inner.set_with(Key(6), Value(1), EntryOptions::new().tag("t")));
                refused("set", inner.set_many([(Key(6), Value(1)), (Key(7), Value(1))]));
                refused("set_if_absent", inner.set_if_absent(Key(6), Value(1)));
                refused("update", inner.update(Key(6), |_| Some(Value(1))));
            });
            call(&cache);
            assert_eq!((cache.get(&Key(6)), cache.get(&Key(7))), (None, None), "{name}");
            works(&cache, name);
        });
    }
}

#[test]
fn s_17_a_removal_from_code_under_a_lock_panics_with_a_clear_text() {
    let removals: [(&str, fn(&Cache)); 9] = [
        ("delete", |cache| ignore(cache.delete(&Key(2)))),
        ("delete", |cache| ignore(cache.delete_many(&[Key(2), Key(3)]))),
        ("expire", |cache| ignore(cache.expire(&Key(2)))),
        ("clear", |cache| cache.clear()),
        ("purge", |cache| ignore(cache.purge())),
        ("invalidate_by_tag", |cache| cache.invalidate_by_tag("t")),
        ("invalidate_by_tags", |cache| cache.invalidate_by_tags(["t"])),
        ("invalidate_by_pattern", |cache| ignore(cache.invalidate_by_pattern(&Glob::prefix("2")))),
        ("reset_stats", |cache| cache.reset_stats()),
    ];
    for (name, at, call) in UNDER_A_LOCK {
        for (operation, removal) in removals {
            watched(move || {
                let cache = cache();
                let inner = cache.clone();
                arm(at, move || {
                    let text = panics(|| removal(&inner)).expect("a removal cannot be carried out");
                    let expected = format!("{operation}: called from code that this cache runs");
                    assert!(text.starts_with(&expected), "{text}");
                });
                call(&cache);
                works(&cache, name);
            });
        }
    }
}

#[test]
fn s_17_another_cache_may_be_used_from_code_under_a_lock() {
    for (name, at, call) in UNDER_A_LOCK {
        watched(move || {
            let (cache, other) = (cache(), cache());
            let inner = other.clone();
            arm(at, move || {
                inner.set(Key(6), Value(1)).unwrap();
                assert_eq!(inner.get(&Key(6)), Some(Value(1)));
                assert!(inner.delete(&Key(6)));
                inner.invalidate_by_tag("t");
            });
            call(&cache);
            works(&cache, name);
        });
    }
}

#[test]
fn s_16_a_panic_of_code_under_a_lock_passes_and_leaves_the_cache_whole() {
    for (name, at, call) in UNDER_A_LOCK {
        watched(move || {
            let cache = cache();
            for _ in 0..3 {
                arm(at, || panic!("as foreign code does"));
                let text = panics(|| call(&cache));
                assert_eq!(text.as_deref(), Some("as foreign code does"), "{name}, {at:?}");
            }
            let values = cache.get_many(&[Key(1), Key(2), Key(3), Key(4), Key(5)]);
            let expected = [10, 20, 30, 40, 50].map(|value| Some(Value(value)));
            assert_eq!(values, expected, "{name}, {at:?}: nothing was changed");
            works(&cache, name);
        });
    }
}

#[test]
fn s_16_a_panic_after_housekeeping_does_not_shrink_the_cache() {
    watched(|| {
        let clock = cachefn_core::ManualClock::new();
        let builder = Cache::builder().max_entries(20).clock(clock.clone());
        let cache = builder.build().unwrap();
        for round in 0..4 {
            for key in 0..16 {
                cache.set_with(Key(key), Value(1), EntryOptions::new().ttl(ms(5))).unwrap();
            }
            cache.set(Key(50), Value(1)).unwrap();
            clock.advance(ms(5));
            // This write reclaims the dead, then compares its key.
            arm(At::Eq, || panic!("as foreign code does"));
            assert!(panics(|| cache.set(Key(50), Value(round))).is_some());
            cache.delete(&Key(50));
        }
        (100..200).for_each(|key| cache.set(Key(key), Value(1)).unwrap());
        assert_eq!(cache.len(), 20, "the whole capacity can be used");
    });
}

#[test]
fn s_17_the_closure_of_get_with_may_not_use_the_cache_and_may_panic() {
    watched(|| {
        let cache = cache();
        let seen = cache.get_with(&Key(1), |value| {
            assert_eq!(cache.get(&Key(2)), None);
            refused("set", cache.set(Key(2), Value(0)));
            let text = panics(|| cache.delete(&Key(2))).unwrap();
            assert!(text.contains("call it afterwards"), "{text}");
            assert_eq!(cache.get_with(&Key(1), |_| ()), None);
            value.0
        });
        assert_eq!(seen, Some(10));
        assert!(panics(|| cache.get_with(&Key(1), |_| panic!("in the closure"))).is_some());
        assert_eq!(cache.get(&Key(2)), Some(Value(20)));
        works(&cache, "get_with");
    });
}

#[test]
fn s_17_a_listener_that_asks_the_cache_about_every_error_ends() {
    watched(|| {
        let (cache, heard) = (cache(), Arc::new(AtomicUsize::new(0)));
        let (inner, count) = (cache.clone(), heard.clone());
        let subscription = cache.subscribe(move |event| {
            if event.kind == EventKind::Error {
                count.fetch_add(1, SeqCst);
                assert!(inner.stats().size > 0 && inner.get(&Key(3)).is_some());
            }
        });
        for (_, at, call) in UNDER_A_LOCK.into_iter().take(9) {
            heard.store(0, SeqCst);
            let inner = cache.clone();
            arm(at, move || {
                assert_eq!(inner.get(&Key(2)), None);
                inner.get_or_fetch(&Key(2), || Value(1));
            });
            call(&cache);
            // Once the lock is free the listener hears of it, and may use the cache.
            assert!((2..=3).contains(&heard.load(SeqCst)), "{at:?}: {}", heard.load(SeqCst));
        }
        drop(subscription);
    });
}

#[test]
fn s_17_errors_from_under_a_lock_are_told_although_the_outer_call_has_nothing_to_tell() {
    let silent: [(At, fn(&Cache)); 5] = [
        (At::Eq, |cache| ignore(cache.peek(&Key(1)))),
        (At::Eq, |cache| ignore(cache.contains(&Key(1)))),
        (At::Clock, |cache| ignore(cache.purge())),
        (At::Eq, |cache| ignore(cache.set_if_absent(Key(1), Value(1)))),
        (At::ValueClone, |cache| ignore(cache.entries(&Glob::prefix(""), 1))),
    ];
    for (at, call) in silent {
        watched(move || {
            let (cache, log) = (cache(), Log::new());
            let _subscription = cache.subscribe(log.listener());
            let inner = cache.clone();
            arm(at, move || assert!(!inner.contains(&Key(2))));
            call(&cache);
            assert_eq!(log.take(), ["error Key(2) reentrant"], "{at:?}");
        });
    }
}

/// What the cache lets go of, in all the ways there are.
const LETTING_GO: [(&str, fn(&Cache)); 14] = [
    ("replaced", |cache| cache.set(Key(1), Value(1)).unwrap()),
    ("deleted", |cache| assert!(cache.delete(&Key(1)))),
    ("expired", |cache| assert!(cache.expire(&Key(1)))),
    ("evicted", |cache| (100..110).for_each(|key| cache.set(Key(key), Value(1)).unwrap())),
    ("cleared", |cache| cache.clear()),
    ("pattern", |cache| ignore(cache.invalidate_by_pattern(&Glob::prefix("1")))),
    ("too heavy", |cache| ignore(cache.set(Key(9), Value(2_000)).unwrap_err())),
    ("too heavy, replacing", |cache| ignore(cache.set(Key(1), Value(2_000)).unwrap_err())),
    ("of no life", |cache| {
        cache.set_with(Key(9), Value(1), EntryOptions::new().ttl(Duration::ZERO)).unwrap();
    }),
    ("not absent", |cache| ignore(cache.set_if_absent(Key(1), Value(1)).unwrap())),
    ("updated", |cache| ignore(cache.update(Key(1), |_| Some(Value(1))).unwrap())),
    ("updated to nothing", |cache| ignore(cache.update(Key(1), |_| None).unwrap())),
    ("updated again", |cache| {
        let mut first = true;
        let changed = cache.update(Key(1), |_| {
            if std::mem::take(&mut first) {
                cache.set(Key(1), Value(2)).unwrap();
            }
            Some(Value(1))
        });
        changed.unwrap();
    }),
    ("fenced", |cache| {
        cache.get_or_fetch(&Key(9), || {
            cache.delete(&Key(9));
            Value(1)
        });
    }),
];

#[test]
fn s_33_values_and_keys_are_dropped_outside_all_locks() {
    for at in [At::ValueDrop, At::KeyDrop] {
        for (name, call) in LETTING_GO {
            // Whichever drop of the call it is: the first, the second, and so on.
            for skipped in 0..12 {
                watched(move || {
                    let cache = cache();
                    let inner = cache.clone();
                    let hook = move || {
                        inner.set(Key(7), Value(70)).unwrap();
                        assert_eq!(inner.get(&Key(7)), Some(Value(70)), "{name}, {at:?}");
                        inner.delete(&Key(7));
                        inner.invalidate_by_tag("t");
                    };
                    arm_later(at, skipped, Box::new(hook));
                    call(&cache);
                    disarm();
                    works(&cache, name);
                });
            }
        }
    }
}

/// Lets some pass before the hook runs.
fn arm_later(at: At, skipped: u32, hook: Box<dyn FnOnce()>) {
    match skipped {
        0 => arm(at, hook),
        _ => arm(at, move || arm_later(at, skipped - 1, hook)),
    }
}

#[test]
fn s_33_a_drop_that_panics_leaves_the_cache_whole() {
    for at in [At::ValueDrop, At::KeyDrop] {
        for (name, call) in LETTING_GO {
            watched(move || {
                let cache = cache();
                arm(at, || panic!("in a drop"));
                let _ = panics(|| call(&cache));
                disarm();
                works(&cache, name);
            });
        }
    }
}

#[test]
fn s_17_hashing_and_weighing_may_use_the_cache() {
    for at in [At::Hash, At::Weigher] {
        watched(move || {
            let cache = cache();
            let inner = cache.clone();
            arm(at, move || {
                inner.set(Key(7), Value(70)).unwrap();
                assert_eq!(inner.get(&Key(7)), Some(Value(70)));
                assert!(inner.delete(&Key(7)));
                assert_eq!(inner.get_or_fetch(&Key(8), || Value(80)), Value(80));
                inner.clear();
            });
            cache.set(Key(1), Value(5)).unwrap();
            assert_eq!(cache.get(&Key(1)), Some(Value(5)), "{at:?}");
            works(&cache, "set");
            arm(at, || panic!("as foreign code does"));
            assert!(panics(|| cache.set(Key(1), Value(5))).is_some());
            works(&cache, "set, with a panic");
        });
    }
}

#[test]
fn s_16_a_key_or_value_that_cannot_be_cloned_for_a_load_leaves_no_load_behind() {
    for at in [At::KeyClone, At::ValueClone, At::Hash, At::Clock] {
        for skipped in 0..6 {
            watched(move || {
                let cache = cache();
                arm_later(at, skipped, Box::new(|| panic!("as foreign code does")));
                let _ = panics(|| cache.get_or_fetch(&Key(50), || Value(5)));
                disarm();
                assert_eq!(cache.get_or_fetch(&Key(50), || Value(5)), Value(5), "{at:?}");
                works(&cache, "get_or_fetch");
            });
        }
    }
}

#[test]
fn h_13_a_fetcher_that_asks_for_its_key_through_every_entrance_ends() {
    watched(|| {
        let builder = Cache::builder().fetcher(|key: &Key| Value(key.0 * 10));
        let cache = builder.build().unwrap();
        let asks: [fn(&Cache) -> u32; 4] = [
            |cache| cache.get_or_fetch(&Key(1), || Value(3)).0,
            |cache| cache.get(&Key(1)).unwrap().0,
            |cache| cache.get_many(&[Key(1)])[0].as_ref().unwrap().0,
            |cache| cache.warm([Key(1)], |_| Value(4)) as u32,
        ];
        for ask in asks {
            cache.clear();
            let value = cache.get_or_fetch(&Key(1), || Value(ask(&cache) + 1_000));
            assert!(value.0 > 1_000);
            assert_eq!(cache.get(&Key(1)), Some(value));
        }
    });
}

#[test]
fn h_13_a_circle_of_keys_in_one_thread_ends_with_an_uncached_run() {
    watched(|| {
        let log = Log::new();
        let cache = cache();
        let _subscription = cache.subscribe(log.listener());
        let value = cache.get_or_fetch(&Key(10), || {
            let inner = cache
                .get_or_fetch(&Key(11), || Value(cache.get_or_fetch(&Key(10), || Value(1)).0 + 1));
            Value(inner.0 + 1)
        });
        assert_eq!(value, Value(3));
        let told = log.take();
        assert!(told.contains(&"error Key(10) reentrant".to_string()), "{told:?}");
        let stored = (cache.get(&Key(10)), cache.get(&Key(11)));
        assert_eq!(stored, (Some(Value(3)), Some(Value(2))));
    });
}
