//! Globs over keys: what they remove, list and count, alone and in lists.

use std::thread;

use cachefn_core::{Glob, KeyText, MemoryCache, Mode};

use crate::faces;
use crate::support::{Log, Random, Reads, watched};

fn globs(patterns: &[&str]) -> Vec<Glob> {
    patterns.iter().map(|pattern| Glob::new(pattern).unwrap()).collect()
}

/// Keys that have made other caches stumble.
const ODD: [&str; 24] = [
    "",
    " ",
    "*",
    "?",
    "[",
    "]",
    "[a]",
    "\\",
    "\\*",
    "a:b",
    "a:b:c",
    ":",
    "::",
    "a*b",
    "a\nb",
    "\0",
    "a\0b",
    "é",
    "e\u{301}",
    "😀",
    "__proto__",
    "constructor",
    "{a}",
    "-",
];

faces! {
    fn s_32_a_pattern_removes_what_matches_and_counts_it() {
        let log = Log::new();
        let mut cache = Cache::<String, u32>::builder().build().unwrap();
        for key in ["user:1", "user:2", "user:10", "shop:1", "my user:1"] {
            cache.set(key.into(), 1).unwrap();
        }
        let _subscription = cache.subscribe(log.changes());
        assert_eq!(cache.invalidate_by_pattern(&Glob::new("user:?").unwrap()), 2);
        let told = ["delete \"user:1\" pattern", "delete \"user:2\" pattern", "invalidate (2)"];
        assert_eq!(log.sorted(), told);
        assert_eq!(cache.invalidate_by_pattern(&Glob::new("user:?").unwrap()), 0);
        assert_eq!(log.take(), ["invalidate (0)"]);
        assert_eq!((cache.len(), cache.stats().invalidations), (3, 2));
    }

    fn s_24_a_list_of_globs_matches_what_one_of_them_matches() {
        let keys = ["user:1", "user:2", "shop:1", "town:1"];
        let mut cache = Cache::<String, u32>::builder().build().unwrap();
        for key in keys {
            cache.set(key.into(), 1).unwrap();
        }
        let list = globs(&["user:*", "*:1", "nothing"]);
        assert_eq!(cache.keys(&list).len(), 4);
        assert_eq!(cache.keys(&list[1..]).len(), 3);
        assert_eq!(cache.keys(&[] as &[Glob]), [] as [String; 0], "no glob matches nothing");
        assert_eq!(cache.entries(&list, 10).len(), 4);
        assert_eq!(cache.invalidate_by_pattern(&[] as &[Glob]), 0);
        assert_eq!(cache.invalidate_by_pattern(&globs(&["user:1", "user:*"])), 2, "each counts once");
        assert_eq!(cache.invalidate_by_pattern_with(&globs(&["s*", "t*"]), Mode::Expire), 2);
        assert_eq!((cache.len(), cache.stats().invalidations), (0, 3));
    }

    fn h_29_odd_keys_are_found_by_themselves_and_by_nothing_else() {
        let mut cache = Cache::<String, usize>::builder().build().unwrap();
        for (value, key) in ODD.iter().enumerate() {
            cache.set(key.to_string(), value).unwrap();
        }
        assert_eq!(cache.len(), ODD.len());
        for (value, key) in ODD.iter().enumerate() {
            let exact = Glob::new(&Glob::escape(key)).unwrap();
            assert_eq!(cache.keys(&exact), [*key], "{key:?}");
            assert_eq!(cache.value(&key.to_string()), Some(value));
        }
        for (at, key) in ODD.iter().enumerate() {
            let exact = Glob::new(&Glob::escape(key)).unwrap();
            assert_eq!(cache.invalidate_by_pattern(&exact), 1, "{key:?}");
            assert_eq!(cache.len(), ODD.len() - at - 1);
        }
    }

    fn h_29_a_prefix_matches_literally() {
        let mut cache = Cache::<String, u32>::builder().build().unwrap();
        for key in ["a*b", "a*c", "axb", "a*", "a"] {
            cache.set(key.into(), 1).unwrap();
        }
        let mut found = cache.keys(&Glob::prefix("a*"));
        found.sort();
        assert_eq!(found, ["a*", "a*b", "a*c"]);
        assert_eq!(cache.keys(&Glob::prefix("")).len(), 5);
    }

    fn s_25_a_pattern_matches_the_text_of_keys_of_any_type() {
        let mut cache = Cache::<(u32, String), u32>::builder().build().unwrap();
        cache.set((7, "eu".into()), 1).unwrap();
        cache.set((70, "eu".into()), 2).unwrap();
        cache.set((7, "us".into()), 3).unwrap();
        assert_eq!(cache.keys(&Glob::new("7,*").unwrap()).len(), 2);
        assert_eq!(cache.invalidate_by_pattern(&Glob::new("*,\"eu\"").unwrap()), 2);
        let mut cache = Cache::<i64, u32>::builder().build().unwrap();
        cache.set(-5, 1).unwrap();
        cache.set(5, 2).unwrap();
        assert_eq!(cache.keys(&Glob::prefix("-")), [-5]);
    }

    fn h_29_hostile_patterns_and_keys_take_no_exponential_time() {
        let mut cache = Cache::<String, u32>::builder().build().unwrap();
        for end in ["a", "b", "c"] {
            cache.set("a".repeat(50_000) + end, 1).unwrap();
        }
        let hostile = "a*".repeat(60) + "b";
        assert_eq!(cache.invalidate_by_pattern(&Glob::new(&hostile).unwrap()), 1);
        let hostile = "*[ab]".repeat(40) + "?c";
        assert_eq!(cache.keys(&Glob::new(&hostile).unwrap()).len(), 1);
    }

    fn s_32_patterns_agree_with_a_naive_model() {
        let mut random = Random(31);
        let mut cache = Cache::<String, u64>::builder().max_entries(5_000).build().unwrap();
        let mut model = std::collections::BTreeMap::new();
        let letters = ["a", "b", ":", "*", "1"];
        let text = |random: &mut Random| -> String {
            (0..random.below(5)).map(|_| letters[random.below(5) as usize]).collect()
        };
        for round in 0..5_000 {
            let key = text(&mut random);
            if random.below(10) > 0 {
                cache.set(key.clone(), round).unwrap();
                model.insert(key, round);
                continue;
            }
            let prefix = text(&mut random);
            let end = text(&mut random);
            let pattern = format!("{}*{}", Glob::escape(&prefix), Glob::escape(&end));
            let glob = Glob::new(&pattern).unwrap();
            let fits = |key: &str| {
                let rest = key.strip_prefix(&*prefix);
                rest.is_some_and(|rest| rest.ends_with(&*end))
            };
            let expected: Vec<_> = model.keys().filter(|key| fits(key)).cloned().collect();
            let mut listed = cache.keys(&glob);
            listed.sort();
            assert_eq!(listed, expected, "round {round}: {pattern}");
            assert_eq!(cache.invalidate_by_pattern(&glob), expected.len());
            model.retain(|key, _| !fits(key));
            assert_eq!(cache.len(), model.len());
        }
    }

    fn s_43_listing_has_a_limit_counts_nothing_and_moves_nothing() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        (0..100).for_each(|key| cache.set(key, key + 1_000).unwrap());
        let all = Glob::prefix("");
        let before = cache.stats();
        for limit in [0, 1, 7, 99, 100, 101, usize::MAX] {
            let entries = cache.entries(&all, limit);
            assert_eq!(entries.len(), limit.min(100));
            assert!(entries.iter().all(|(key, value)| key + 1_000 == *value));
        }
        assert_eq!(cache.entries(&Glob::prefix("9"), 100).len(), 11);
        assert_eq!(cache.entries(&Glob::prefix("9"), 5).len(), 5);
        cache.keys(&all);
        assert_eq!(cache.stats(), before);
    }
}

#[test]
fn s_43_the_limit_holds_over_all_shards() {
    let cache = MemoryCache::<u32, u32>::builder().max_entries(50_000).build().unwrap();
    (0..5_000).for_each(|key| cache.set(key, key).unwrap());
    for limit in [0, 1, 1_000, 5_000, usize::MAX] {
        let mut keys: Vec<_> =
            cache.entries(&Glob::prefix(""), limit).into_iter().map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), limit.min(5_000), "none twice");
    }
    assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("1")), 1_111);
}

#[test]
fn s_32_entries_from_before_a_sweep_do_not_come_back_and_new_ones_stay() {
    watched(|| {
        let cache = MemoryCache::<u64, u64>::builder().max_entries(100_000).build().unwrap();
        let all = Glob::prefix("");
        for round in 0..20 {
            (0..3_000).for_each(|key| cache.set(key, round).unwrap());
            thread::scope(|scope| {
                scope.spawn(|| {
                    (3_000..6_000).for_each(|key| cache.set(key, round).unwrap());
                });
                let swept = cache.invalidate_by_pattern(&all);
                assert!((3_000..=6_000).contains(&swept), "{swept}");
                assert!((0..3_000).all(|key| cache.get(&key).is_none()));
            });
            let left = cache.invalidate_by_pattern(&all);
            assert!(left <= 3_000 && cache.is_empty());
        }
    });
}

#[test]
fn s_25_a_key_text_of_ones_own_decides() {
    #[derive(Clone, PartialEq, Eq, Hash, Debug)]
    struct UserId(u32);
    impl KeyText for UserId {
        fn write_text(&self, out: &mut String) {
            out.push_str("user:");
            self.0.write_text(out);
        }
    }
    let cache = MemoryCache::<UserId, u32>::builder().build().unwrap();
    (0..30).for_each(|id| cache.set(UserId(id), id).unwrap());
    assert_eq!(cache.invalidate_by_pattern(&Glob::new("user:1?").unwrap()), 10);
    assert_eq!(cache.keys(&Glob::prefix("user:2")).len(), 11);
}
