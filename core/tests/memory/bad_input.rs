//! Keys, values and hashes at the end of what is sensible.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use cachefn_core::{EntryOptions, Glob, KeyText, MemoryCache, unsync};

use crate::faces;
use crate::support::{Log, Random, Reads, clock_at, ms};

/// Keys that all have the same hash.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Colliding(u32);

impl Hash for Colliding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        7_u8.hash(state);
    }
}

impl KeyText for Colliding {
    fn write_text(&self, out: &mut String) {
        self.0.write_text(out);
    }
}

faces! {
    fn h_05_keys_are_compared_in_full_though_all_hashes_are_equal() {
        let mut random = Random(41);
        let builder = Cache::<Colliding, u32>::builder().max_entries(300);
        let mut cache = builder.build().unwrap();
        let mut model = HashMap::new();
        for round in 0..8_000 {
            let key = random.below(250) as u32;
            match random.below(6) {
                0 => {
                    let was = model.remove(&key).is_some();
                    assert_eq!(cache.delete(&Colliding(key)), was, "round {round}");
                }
                1 | 2 => {
                    let options = EntryOptions::new().tag(key.to_string());
                    cache.set_with(Colliding(key), round, options).unwrap();
                    model.insert(key, round);
                }
                3 => {
                    let tag = random.below(250) as u32;
                    cache.invalidate_by_tag(&tag.to_string());
                    model.remove(&tag);
                }
                _ => assert_eq!(cache.value(&Colliding(key)), model.get(&key).copied()),
            }
        }
        assert_eq!(cache.len(), model.len());
        assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("")), model.len());
    }

    fn h_05_colliding_keys_are_evicted_and_loaded_like_others() {
        let builder = Cache::<Colliding, u32>::builder().max_entries(50);
        let mut cache = builder.build().unwrap();
        for key in 0..500 {
            assert_eq!(cache.get_or_fetch(&Colliding(key), || key), key);
            assert_eq!(cache.value(&Colliding(key)), Some(key));
            assert!(cache.stats().size <= 50);
        }
    }

    fn h_06_keys_of_64_kib_work() {
        let mut cache = Cache::<String, usize>::builder().build().unwrap();
        let long = "k".repeat(64 * 1024);
        for end in 0..5 {
            cache.set(format!("{long}{end}"), end).unwrap();
            cache.set(format!("{end}{long}"), end + 10).unwrap();
        }
        assert_eq!(cache.get_with(&*format!("{long}3"), |value| *value), Some(3));
        assert_eq!(cache.get_with(&*format!("3{long}"), |value| *value), Some(13));
        assert_eq!(cache.get_with(&*long, |value| *value), None);
        assert_eq!(cache.keys(&Glob::prefix(&long)).len(), 5);
        assert_eq!(cache.invalidate_by_pattern(&Glob::new("?kk*").unwrap()), 10);
    }

    fn h_06_every_single_character_and_none_is_a_key_of_its_own() {
        let mut cache = Cache::<String, u32>::builder().max_entries(4_000).build().unwrap();
        let characters = (0..0x250).chain(0xFFF0..0x10010).chain([0x1F600, 0x10_FFFF]);
        let keys: Vec<String> = characters.filter_map(char::from_u32).map(String::from).collect();
        cache.set(String::new(), 0).unwrap();
        for (value, key) in (1..).zip(&keys) {
            cache.set(key.clone(), value).unwrap();
        }
        assert_eq!((cache.len(), cache.value(&String::new())), (keys.len() + 1, Some(0)));
        for (value, key) in (1..).zip(&keys) {
            assert_eq!(cache.value(key), Some(value), "{key:?}");
            assert_eq!(cache.keys(&Glob::new(&Glob::escape(key)).unwrap()), [key.as_str()]);
        }
    }

    fn h_04_parts_of_keys_do_not_run_together() {
        let mut cache = Cache::<(String, String), u32>::builder().build().unwrap();
        let pairs = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("a:b", "c"), ("a", "b:c")];
        for (value, (one, other)) in (0..).zip(pairs) {
            cache.set((one.into(), other.into()), value).unwrap();
        }
        assert_eq!(cache.len(), pairs.len());
        for (value, (one, other)) in (0..).zip(pairs) {
            assert_eq!(cache.value(&(one.into(), other.into())), Some(value));
        }
        let all: std::collections::HashSet<_> = cache
            .keys(&Glob::prefix(""))
            .iter()
            .map(cachefn_core::private::key_text)
            .collect();
        assert_eq!(all.len(), pairs.len(), "their texts differ too");
    }

    fn h_03_keys_that_print_alike_are_different() {
        #[derive(Clone, PartialEq, Eq, Hash)]
        struct Hidden(u32, u32);
        impl std::fmt::Debug for Hidden {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "hidden {}", self.0)
            }
        }
        let log = Log::new();
        let mut cache = Cache::<Hidden, u32>::builder().build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.set(Hidden(1, 1), 1).unwrap();
        cache.set(Hidden(1, 2), 2).unwrap();
        assert_eq!((cache.value(&Hidden(1, 1)), cache.value(&Hidden(1, 2))), (Some(1), Some(2)));
        assert_eq!(log.take(), ["set hidden 1", "set hidden 1"]);
    }

    fn h_22_keys_and_values_without_a_size_work() {
        let mut cache = Cache::<(), ()>::builder().max_entries(3).build().unwrap();
        assert_eq!(cache.value(&()), None);
        cache.set((), ()).unwrap();
        cache.set((), ()).unwrap();
        assert_eq!((cache.value(&()), cache.len()), (Some(()), 1));
        assert_eq!(cache.keys(&Glob::prefix("")), [()]);
        assert!(cache.delete(&()) && !cache.delete(&()));
        cache.get_or_fetch(&(), || ());
        assert!(cache.stats().memory_usage > 0);
        let mut cache = Cache::<u32, ()>::builder().max_entries(3).build().unwrap();
        (0..1_000).for_each(|key| cache.set(key, ()).unwrap());
        assert_eq!((cache.len(), cache.value(&999)), (3, Some(())));
        cache.clear();
        assert_eq!(cache.len(), 0);
    }

    fn h_22_huge_values_are_moved_and_dropped_like_small_ones() {
        let mut cache = Cache::<u32, [u64; 4_096]>::builder().max_entries(4).build().unwrap();
        for key in 0..40 {
            cache.set(key, [u64::from(key); 4_096]).unwrap();
            assert_eq!(cache.get_with(&key, |value| value[4_095]), Some(u64::from(key)));
        }
        assert_eq!(cache.len(), 4);
        let value = Arc::new(vec![0_u8; 64 << 20]);
        let mut cache = Cache::<u32, Arc<Vec<u8>>>::builder().max_entries(4).build().unwrap();
        (0..100).for_each(|key| cache.set(key, value.clone()).unwrap());
        assert_eq!(Arc::strong_count(&value), 5, "a clone of what is shared, not of the bytes");
    }

    fn h_22_ten_thousand_caches_come_and_go_without_a_trace() {
        let value = Rc::new(());
        let clock = clock_at(1);
        for round in 0..10_000 {
            let mut builder = Cache::<u32, Rc<()>>::builder().clock(clock.clone());
            if round % 2 == 0 {
                builder = builder.ttl(ms(5)).max_entries(1 + round);
            }
            let mut cache = builder.build().unwrap();
            cache.set_with(1, value.clone(), EntryOptions::new().tag("t")).unwrap();
            let subscription = cache.subscribe(|_| {});
            cache.get_or_fetch(&2, || value.clone());
            drop((cache, subscription));
            assert_eq!(Rc::strong_count(&value), 1);
        }
    }

    fn h_26_odd_tags_are_tags() {
        let tags = ["", " ", "*", "a:b", "[", "\\", "\0", "😀", "__proto__", "a\nb"];
        for own in tags {
            let mut cache = Cache::<u32, u32>::builder().build().unwrap();
            for (key, tag) in (0..).zip(tags) {
                cache.set_with(key, key, EntryOptions::new().tag(tag)).unwrap();
            }
            cache.invalidate_by_tag(own);
            assert_eq!(cache.len(), tags.len() - 1, "{own:?} is no pattern");
        }
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let long = "t".repeat(100_000);
        cache.set_with(1, 1, EntryOptions::new().tag(&*long)).unwrap();
        cache.invalidate_by_tag(&long[1..]);
        assert_eq!(cache.value(&1), Some(1));
        cache.invalidate_by_tag(&long);
        assert_eq!(cache.value(&1), None);
    }

    fn s_21_caches_of_other_types_share_nothing() {
        let mut numbers = Cache::<u64, u64>::builder().seed(1).build().unwrap();
        let mut texts = Cache::<String, u64>::builder().seed(1).build().unwrap();
        numbers.set(7, 1).unwrap();
        texts.set("7".into(), 2).unwrap();
        assert_eq!((numbers.value(&7), texts.value(&"7".to_string())), (Some(1), Some(2)));
        numbers.clear();
        assert_eq!(texts.len(), 1);
    }
}

#[test]
fn h_22_ten_thousand_caches_leave_the_memory_of_the_process_alone() {
    let make = |count: u64| {
        for round in 0..count {
            let cache = MemoryCache::<u64, u64>::builder().max_entries(20_000).build().unwrap();
            (0..4)
                .for_each(|key| cache.set_with(key, round, EntryOptions::new().tag("t")).unwrap());
            let _subscription = cache.subscribe(|_| {});
            cache.get(&round);
        }
    };
    make(2_000);
    let Some(before) = resident_pages() else { return };
    make(8_000);
    let grown = resident_pages().unwrap().saturating_sub(before);
    // Other tests run meanwhile; a leak of one cache each would be ten times as much.
    assert!(grown < 8_000, "{grown} pages more");
}

/// Pages of memory in use, where the system tells.
fn resident_pages() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse().ok()
}

#[test]
fn the_cache_for_one_thread_holds_what_no_other_thread_may_have() {
    let builder = unsync::MemoryCache::<Rc<str>, Rc<Cell<u32>>>::builder();
    let mut cache = builder.fetcher(|key| Rc::new(Cell::new(key.len() as u32))).build().unwrap();
    let key: Rc<str> = "four".into();
    let value = cache.get(&key).cloned().unwrap();
    value.set(9);
    assert_eq!(cache.peek(&key).map(|value| value.get()), Some(9), "the very same");
    let seen = Rc::new(Cell::new(0));
    let count = seen.clone();
    let _subscription = cache.subscribe(move |_| count.set(count.get() + 1));
    cache.delete(&key);
    assert_eq!((seen.get(), Rc::strong_count(&value)), (1, 1));
}

#[test]
fn the_cache_for_many_threads_may_be_shared_and_sent() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<MemoryCache<String, Vec<u8>>>();
    let cache = Arc::new(MemoryCache::<u32, u32>::builder().build().unwrap());
    let other = cache.clone();
    std::thread::spawn(move || other.set(1, 1).unwrap()).join().unwrap();
    assert_eq!(cache.get(&1), Some(1));
}

#[test]
fn the_cache_for_one_thread_needs_no_clone_of_its_values() {
    struct Unique(u32);
    let mut cache = unsync::MemoryCache::<u32, Unique>::builder().max_entries(2).build().unwrap();
    (0..5).for_each(|key| cache.set(key, Unique(key)).unwrap());
    assert_eq!(cache.get(&4).map(|unique| unique.0), Some(4));
    assert_eq!(cache.get_with(&4, |unique| unique.0), Some(4));
    assert!(cache.set_if_absent(9, Unique(9)).unwrap() && cache.delete(&9));
    cache.clear();
}
