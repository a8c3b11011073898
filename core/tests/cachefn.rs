//! `#[cachefn]` as its users see it. Every test counts how often the body ran.
#![cfg(feature = "macros")]

use cachefn_core::{MemoryCache, cachefn};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::num::ParseIntError;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;

/// Counts the runs of one test's body.
struct Runs(AtomicUsize);

impl Runs {
    const fn new() -> Runs {
        Runs(AtomicUsize::new(0))
    }

    /// Counts a run; its number, from 1.
    fn tick(&self) -> usize {
        self.0.fetch_add(1, SeqCst) + 1
    }

    fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

mod hits {
    use super::*;

    #[test]
    fn a_second_call_with_the_same_arguments_runs_nothing() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn double(number: u64) -> u64 {
            RUNS.tick();
            number * 2
        }
        assert_eq!((double(4), double(4), double(5)), (8, 8, 10));
        assert_eq!(RUNS.count(), 2);
        let stats = double::cache().stats();
        assert_eq!((stats.hits, stats.misses, stats.loads), (1, 2, 2));
    }

    #[test]
    fn a_function_without_arguments_runs_once() {
        static RUNS: Runs = Runs::new();
        #[cachefn(ttl = "5m", max_entries = 1)]
        fn settings() -> String {
            RUNS.tick();
            "settings".to_owned()
        }
        assert_eq!((settings(), settings()), ("settings".to_owned(), "settings".to_owned()));
        assert_eq!(RUNS.count(), 1);
        let (): () = settings::key();
    }

    #[test]
    fn none_is_a_value_like_any_other() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn find(name: &str) -> Option<u32> {
            RUNS.tick();
            name.parse().ok()
        }
        assert_eq!((find("x"), find("x"), find("7"), find("7")), (None, None, Some(7), Some(7)));
        assert_eq!(RUNS.count(), 2);
    }

    #[test]
    fn a_cached_function_is_a_function_value_too() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn square(number: i32) -> i32 {
            RUNS.tick();
            number * number
        }
        let squares: Vec<i32> = [2, 3, 2].into_iter().map(square).collect();
        assert_eq!(squares, [4, 9, 4]);
        assert_eq!(RUNS.count(), 2);
    }

    #[test]
    fn a_hit_allocates_nothing_whatever_the_arguments() {
        #[cachefn(ttl = "5m", policy = "lru", tags = ["area:{area}"])]
        fn permissions(area: &str, id: u32) -> u64 {
            area.len() as u64 + u64::from(id)
        }
        #[cachefn]
        fn sum(numbers: &[u64], name: String, plus: &u64) -> u64 {
            numbers.iter().sum::<u64>() + name.len() as u64 + plus
        }
        let names: Vec<String> = (0..4).map(|_| "four".to_owned()).collect();
        assert!(
            allocations(|| assert_eq!(permissions("europe", 7), 13)) > 0,
            "a miss keeps the key"
        );
        assert_eq!(allocations(|| assert_eq!(permissions("europe", 7), 13)), 0);
        for (calls, name) in names.into_iter().enumerate() {
            let allocated = allocations(|| assert_eq!(sum(&[1, 2], name, &3), 10));
            assert_eq!(allocated == 0, calls > 0, "call {calls}");
        }
    }
}

mod keys {
    use super::*;

    mod east {
        use super::*;
        #[cachefn]
        pub(super) fn where_is(name: &str) -> String {
            format!("{name} in the east")
        }
    }

    mod west {
        use super::*;
        #[cachefn]
        pub(super) fn where_is(name: &str) -> String {
            format!("{name} in the west")
        }
    }

    #[test]
    fn functions_of_one_name_share_nothing() {
        assert_eq!(east::where_is("Ada"), "Ada in the east");
        assert_eq!(west::where_is("Ada"), "Ada in the west");
        assert_eq!(east::where_is::cache().len(), 1);
        east::where_is::cache().clear();
        assert_eq!(west::where_is::cache().len(), 1);
    }

    #[test]
    fn arguments_that_join_to_one_text_have_their_own_values() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn join(left: &str, right: &str) -> String {
            RUNS.tick();
            format!("{left}|{right}")
        }
        let pairs =
            [("a", "bc"), ("ab", "c"), ("a:b", "c"), ("a", "b:c"), ("", "abc"), ("abc", "")];
        for _ in 0..2 {
            for (left, right) in pairs {
                assert_eq!(join(left, right), format!("{left}|{right}"));
            }
        }
        assert_eq!(RUNS.count(), pairs.len());
    }

    #[test]
    fn all_arguments_make_the_key() {
        #[cachefn]
        fn area(id: u64, name: &str, sizes: &[u8], scale: &i32, more: Option<String>) -> usize {
            id as usize
                + name.len()
                + sizes.len()
                + *scale as usize
                + more.map_or(0, |more| more.len())
        }
        type Key = (u64, String, Vec<u8>, i32, Option<String>);
        let cache: &'static MemoryCache<Key, usize> = area::cache();
        assert_eq!(area(7, "eu", &[1, 2], &3, Some("x".to_owned())), 15);
        let key = area::key(7, "eu", &[1, 2], &3, Some("x".to_owned()));
        assert_eq!(key, (7, "eu".to_owned(), vec![1, 2], 3, Some("x".to_owned())));
        assert_eq!(cache.peek(&key), Some(15));
    }

    #[test]
    fn a_template_is_the_whole_key() {
        static RUNS: Runs = Runs::new();
        #[cachefn(key = "user:{id}")]
        fn user(id: u64, attempt: u32) -> String {
            format!("{id}, run {} in attempt {attempt}", RUNS.tick())
        }
        assert_eq!(user(7, 1), "7, run 1 in attempt 1");
        assert_eq!(user(7, 2), "7, run 1 in attempt 1");
        assert_eq!(user::cache().get("user:7").as_deref(), Some("7, run 1 in attempt 1"));
        assert_eq!(user::key(8, 3), "user:8");
        assert_eq!(RUNS.count(), 1);
    }

    #[test]
    fn templates_of_different_arguments_are_different() {
        #[cachefn(key = "{left}:{right}")]
        fn join(left: &str, right: String) -> String {
            format!("{left}|{right}")
        }
        assert_ne!(join::key("a:b", "c".to_owned()), join::key("a", "b:c".to_owned()));
        assert_ne!(join::key("a%3Ab", "c".to_owned()), join::key("a:b", "c".to_owned()));
        assert_eq!(join::key("eu", "a:b".to_owned()), "eu:a:b");
        assert_eq!(join("a:b", "c".to_owned()), "a:b|c");
        assert_eq!(join("a", "b:c".to_owned()), "a|b:c");
    }

    #[test]
    fn templates_reach_into_arguments() {
        struct Options {
            language: &'static str,
            page: (u8, u8),
        }
        #[cachefn(key = "{{{r#type}}}/{options.language}/{options.page.1}")]
        fn page(r#type: &str, options: &Options) -> String {
            format!("{}{}{}", r#type, options.language, options.page.0)
        }
        let options = Options { language: "en", page: (1, 2) };
        assert_eq!(page::key("news", &options), "{news}/en/2");
        assert_eq!(page("news", &options), "newsen1");
    }

    #[test]
    fn an_expression_is_the_key_as_text() {
        #[cachefn(key = id / 10)]
        fn decade(id: u64, name: String) -> String {
            format!("{name} in the {id}s")
        }
        #[cachefn(key = (id, area.to_owned()))]
        fn pair(id: u64, area: &str) -> u64 {
            id + area.len() as u64
        }
        #[cachefn(key = name)]
        fn named(name: String) -> String {
            name
        }
        assert_eq!(decade(1987, "Ada".to_owned()), "Ada in the 1987s");
        assert_eq!(decade(1981, "Bob".to_owned()), "Ada in the 1987s");
        assert_eq!(decade::key(1981, String::new()), "198");
        assert_eq!((pair(7, "eu"), pair::key(7, "eu")), (9, "7,\"eu\"".to_owned()));
        assert_eq!(
            (named("x".to_owned()), named::key("x".to_owned())),
            ("x".to_owned(), "x".to_owned())
        );
    }
}

mod arguments {
    use super::*;

    #[test]
    fn patterns_are_taken_apart_in_the_body() {
        static RUNS: Runs = Runs::new();
        struct Point {
            x: i32,
            _y: i32,
        }
        #[cachefn]
        fn mixed(
            (a, b): (u32, u32),
            mut c: u32,
            _: u8,
            [d, ..]: [u32; 3],
            e @ (f, _): (u32, u8),
        ) -> u32 {
            RUNS.tick();
            c += a + b;
            c + d + e.0 + f
        }
        #[cachefn(key = "{scale}")]
        fn scaled(Point { x, _y: _ }: Point, scale: i32) -> i32 {
            x * scale
        }
        assert_eq!(mixed((1, 2), 3, 4, [5, 0, 0], (3, 0)), 17);
        assert_eq!(mixed((1, 2), 3, 4, [5, 0, 0], (3, 0)), 17);
        assert_eq!(mixed((1, 2), 3, 9, [5, 0, 0], (3, 0)), 17);
        assert_eq!(RUNS.count(), 2, "an ignored argument is a part of the key all the same");
        assert_eq!(mixed::key((1, 2), 3, 4, [5, 0, 0], (3, 0)), ((1, 2), 3, 4, [5, 0, 0], (3, 0)));
        assert_eq!(scaled(Point { x: 2, _y: 1 }, 3), 6);
    }

    #[test]
    fn lifetimes_stay_as_they_were_written() {
        #[cachefn]
        fn longest<'a, 'b>(left: &'a str, right: &'b str, prefix: &'static str) -> String
        where
            'a: 'b,
        {
            let longest: &'b str = if left.len() > right.len() { left } else { right };
            format!("{prefix}{longest}")
        }
        let left = String::from("long");
        assert_eq!(longest(&left, "tiny one", "a "), "a tiny one");
        assert_eq!(
            longest::key(&left, "r", "p"),
            ("long".to_owned(), "r".to_owned(), "p".to_owned())
        );
    }

    #[test]
    fn an_error_may_borrow_what_a_value_may_not() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn number(text: &str) -> Result<u32, &str> {
            RUNS.tick();
            text.parse().map_err(|_| text)
        }
        assert_eq!((number("x"), number("7"), number("7")), (Err("x"), Ok(7), Ok(7)));
        assert_eq!(RUNS.count(), 2);
    }

    #[test]
    fn values_move_into_the_body() {
        static RUNS: Runs = Runs::new();
        #[cachefn(tags = ["name:{name}"])]
        fn consume(name: String, parts: Vec<u8>) -> (String, Vec<u8>) {
            RUNS.tick();
            (name, parts)
        }
        for _ in 0..2 {
            assert_eq!(consume("n".to_owned(), vec![1]), ("n".to_owned(), vec![1]));
        }
        assert_eq!(RUNS.count(), 1);
    }

    #[test]
    fn no_name_of_the_user_meets_a_name_of_ours() {
        #[allow(non_upper_case_globals)]
        const flight: u32 = 1;
        #[allow(clippy::too_many_arguments)]
        #[cachefn(tags = ["{key}", "{cache}:{text}"])]
        fn value(
            key: u32,
            cache: u32,
            result: u32,
            value: u32,
            options: u32,
            text: u32,
            private: u32,
            cachefn_core: u32,
            found: u32,
        ) -> u32 {
            key + cache + result + value + options + text + private + cachefn_core + found + flight
        }
        assert_eq!(value(1, 2, 3, 4, 5, 6, 7, 8, 9), 46);
        assert_eq!(value(1, 2, 3, 4, 5, 6, 7, 8, 9), 46);
        assert_eq!(value::cache().stats().hits, 1);
    }

    #[test]
    fn twelve_arguments_are_a_key_and_more_with_a_template() {
        #[allow(clippy::too_many_arguments)]
        #[cachefn]
        fn twelve(
            a: u8,
            b: u8,
            c: u8,
            d: u8,
            e: u8,
            f: u8,
            g: u8,
            h: u8,
            i: u8,
            j: u8,
            k: u8,
            l: u8,
        ) -> u8 {
            a + b + c + d + e + f + g + h + i + j + k + l
        }
        #[allow(clippy::too_many_arguments)]
        #[cachefn(key = "{a}-{m}")]
        fn thirteen(
            a: u8,
            b: u8,
            c: u8,
            d: u8,
            e: u8,
            f: u8,
            g: u8,
            h: u8,
            i: u8,
            j: u8,
            k: u8,
            l: u8,
            m: u8,
        ) -> u8 {
            a + b + c + d + e + f + g + h + i + j + k + l + m
        }
        assert_eq!(twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 78);
        assert_eq!(twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13), 79);
        assert_eq!(thirteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13), 91);
        assert_eq!(thirteen::key(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13), "1-13");
    }
}

mod results {
    use super::*;

    #[test]
    fn an_error_passes_through_and_is_not_cached() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn parse(text: &str) -> Result<u64, ParseIntError> {
            RUNS.tick();
            text.parse()
        }
        assert!(parse("x").is_err());
        assert!(parse("x").is_err());
        assert_eq!((parse("7"), parse("7")), (Ok(7), Ok(7)));
        assert_eq!(RUNS.count(), 3);
        let cache: &MemoryCache<(String,), u64> = parse::cache();
        assert_eq!((cache.len(), cache.stats().load_failures), (1, 2));
    }

    #[test]
    fn an_early_return_and_a_question_mark_are_cached_like_any_value() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn rate(text: &str) -> Result<u64, ParseIntError> {
            RUNS.tick();
            if text.is_empty() {
                return Ok(0);
            }
            let number: u64 = text.parse()?;
            Ok(number + 1)
        }
        #[cachefn]
        fn first(text: String) -> Option<char> {
            RUNS.tick();
            let first = text.chars().next()?;
            Some(first.to_ascii_uppercase())
        }
        assert_eq!((rate(""), rate("")), (Ok(0), Ok(0)));
        assert_eq!((rate("4"), rate("4")), (Ok(5), Ok(5)));
        assert!(rate("x").is_err());
        assert_eq!((first(String::new()), first(String::new())), (None, None));
        assert_eq!(RUNS.count(), 4);
    }

    #[test]
    fn results_behind_a_path_or_an_alias_are_results() {
        type Result<T> = std::result::Result<T, String>;
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn aliased(fail: bool) -> Result<Arc<str>> {
            RUNS.tick();
            if fail { Err("failed".to_owned()) } else { Ok("done".into()) }
        }
        #[cachefn]
        fn of_a_path(fail: bool) -> std::io::Result<u8> {
            RUNS.tick();
            if fail { Err(std::io::ErrorKind::NotFound.into()) } else { Ok(1) }
        }
        for fail in [true, true, false, false] {
            assert_eq!((aliased(fail).is_err(), of_a_path(fail).is_err()), (fail, fail));
        }
        assert_eq!(RUNS.count(), 6);
        let texts: &MemoryCache<(bool,), Arc<str>> = aliased::cache();
        let numbers: &MemoryCache<(bool,), u8> = of_a_path::cache();
        assert_eq!((texts.len(), numbers.len()), (1, 1));
    }

    #[test]
    fn a_success_without_a_value_is_remembered() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn prepare(name: &str) -> Result<(), String> {
            match RUNS.tick() {
                1 => Err(format!("{name} is not ready")),
                _ => Ok(()),
            }
        }
        assert!(prepare("disk").is_err());
        assert_eq!((prepare("disk"), prepare("disk")), (Ok(()), Ok(())));
        assert_eq!(RUNS.count(), 2);
    }
}

mod settings {
    use super::*;

    #[test]
    fn a_tag_of_the_arguments_invalidates_its_entries() {
        static RUNS: Runs = Runs::new();
        #[cachefn(tags = ["user:{id}", "users", "area:{area}!"])]
        fn permissions(id: u64, area: &str) -> String {
            RUNS.tick();
            format!("{id} in {area}")
        }
        let fill = || {
            for (id, area) in [(7, "eu"), (7, "us"), (8, "eu")] {
                assert_eq!(permissions(id, area), format!("{id} in {area}"));
            }
        };
        fill();
        fill();
        assert_eq!(RUNS.count(), 3);
        permissions::cache().invalidate_by_tag("user:7");
        fill();
        assert_eq!(RUNS.count(), 5);
        permissions::cache().invalidate_by_tag("area:eu!");
        fill();
        assert_eq!(RUNS.count(), 7);
        permissions::cache().invalidate_by_tag("users");
        fill();
        assert_eq!(RUNS.count(), 10);
    }

    #[test]
    fn a_lifetime_of_zero_stores_nothing() {
        static RUNS: Runs = Runs::new();
        #[cachefn(ttl = "0s")]
        fn text() -> usize {
            RUNS.tick()
        }
        #[cachefn(ttl = 0)]
        fn seconds() -> usize {
            RUNS.tick()
        }
        assert_eq!((text(), text(), seconds(), seconds()), (1, 2, 3, 4));
    }

    #[test]
    fn a_lifetime_is_a_text_or_whole_seconds() {
        #[cachefn(ttl = "1h30m")]
        fn text(id: u8) -> u8 {
            id
        }
        #[cachefn(ttl = 1_800u64)]
        fn seconds(id: u8) -> u8 {
            id
        }
        assert_eq!((text(1), text(1), seconds(1), seconds(1)), (1, 1, 1, 1));
        assert_eq!((text::cache().stats().hits, seconds::cache().stats().hits), (1, 1));
    }

    #[test]
    fn the_limit_is_a_number_or_a_constant() {
        const LIMIT: usize = 3;
        #[cachefn(max_entries = 2, policy = "lru")]
        fn two(id: u32) -> u32 {
            id
        }
        #[cachefn(max_entries = LIMIT * 2, policy = "s3-fifo")]
        fn six(id: u32) -> u32 {
            id
        }
        for id in 0..100 {
            assert_eq!((two(id), six(id)), (id, id));
        }
        assert_eq!((two::cache().len(), six::cache().len()), (2, 6));
        assert_eq!((two::cache().stats().evictions, six::cache().stats().evictions), (98, 94));
    }

    mod library {
        /// Where another crate might offer ours.
        pub(super) mod caching {
            pub(crate) use cachefn_core::*;
        }
    }

    #[test]
    fn the_crate_may_be_reached_by_another_path() {
        #[library::caching::cachefn(crate = library::caching, ttl = "5m", policy = "lru", tags = ["{id}"])]
        fn double(id: u64) -> u64 {
            id * 2
        }
        assert_eq!((double(2), double(2)), (4, 4));
        assert_eq!(double::cache().stats().hits, 1);
    }

    macro_rules! cached {
        ($name:ident($argument:ident: $type:ty) -> $output:ty, $ttl:literal, $key:literal, $body:expr) => {
            #[cachefn(ttl = $ttl, key = $key, max_entries = $crate::settings::LIMIT)]
            fn $name($argument: $type) -> $output {
                $body
            }
        };
    }
    const LIMIT: usize = 10;
    cached!(tripled(number: u32) -> u32, "5m", "n{number}", number * 3);
    cached!(counted(text: &str) -> Result<usize, String>, 60, "{text}", Ok(text.len()));

    #[test]
    fn settings_may_come_from_a_macro() {
        assert_eq!((tripled(3), tripled::key(4)), (9, "n4".to_owned()));
        assert_eq!((counted("four"), counted::cache().get("four")), (Ok(4), Some(4)));
    }
}

mod companions {
    use super::*;

    #[test]
    fn uncached_runs_and_stores_nothing() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn now(id: u8) -> usize {
            RUNS.tick() + usize::from(id) * 100
        }
        assert_eq!((now::uncached(1), now::cache().len()), (101, 0));
        assert_eq!((now(1), now::uncached(1), now(1)), (102, 103, 102));
    }

    #[test]
    fn refresh_runs_and_stores_with_its_tags() {
        static RUNS: Runs = Runs::new();
        #[cachefn(tags = ["name:{name}"])]
        fn now(name: String, (a, _): (u8, u8)) -> usize {
            RUNS.tick() + usize::from(a)
        }
        let call = || now("n".to_owned(), (0, 0));
        let refresh = || now::refresh("n".to_owned(), (0, 0));
        assert_eq!((call(), refresh(), call()), (1, 2, 2));
        now::cache().invalidate_by_tag("name:n");
        assert_eq!((call(), now::cache().len()), (3, 1));
    }

    #[test]
    fn h_12_an_invalidation_during_a_refresh_wins() {
        static REVOKE: AtomicBool = AtomicBool::new(false);
        #[cachefn(tags = ["rights"])]
        fn rights(id: u32) -> u32 {
            if REVOKE.load(SeqCst) {
                rights::cache().invalidate_by_tag("rights");
            }
            id
        }
        assert_eq!(rights(1), 1);
        REVOKE.store(true, SeqCst);
        assert_eq!(rights::refresh(1), 1);
        assert_eq!(rights::cache().peek(&rights::key(1)), None);
        assert_eq!(rights::cache().stats().fenced, 1);
    }

    #[test]
    fn a_refresh_that_fails_leaves_the_entry_alone() {
        static RUNS: Runs = Runs::new();
        #[cachefn(key = "it")]
        fn flaky() -> Result<usize, String> {
            match RUNS.tick() {
                2 => Err("not now".to_owned()),
                run => Ok(run),
            }
        }
        assert_eq!((flaky(), flaky::refresh(), flaky()), (Ok(1), Err("not now".to_owned()), Ok(1)));
        assert_eq!((flaky::refresh(), flaky()), (Ok(3), Ok(3)));
    }

    #[test]
    fn an_invalidation_during_a_call_wins() {
        static RUNS: Runs = Runs::new();
        #[cachefn(tags = ["rights"])]
        fn rights(id: u8) -> usize {
            let run = RUNS.tick();
            if run == 1 {
                rights::cache().invalidate_by_tag("rights");
            }
            run + usize::from(id)
        }
        assert_eq!((rights(0), rights(0), rights(0)), (1, 2, 2));
        assert_eq!(rights::cache().stats().fenced, 1);
    }

    mod visible {
        use super::*;
        #[cachefn]
        pub(in crate::companions) fn inside(id: u8) -> u8 {
            id
        }
        pub(super) mod deeper {
            #[cachefn_core::cachefn]
            pub(crate) fn outside(id: u8) -> u8 {
                id
            }
        }
    }

    #[test]
    fn companions_are_seen_where_the_function_is() {
        use visible::deeper::outside;
        assert_eq!((visible::inside(1), visible::inside::uncached(1)), (1, 1));
        assert_eq!((outside(1), outside::refresh(1), outside::key(1)), (1, 1, (1,)));
    }
}

mod surroundings {
    use super::*;

    /// Nothing that the attribute adds may cause a warning, not even under the strictest lints.
    #[deny(warnings, unused, missing_docs, unreachable_pub, nonstandard_style)]
    #[deny(missing_debug_implementations, unused_qualifications, single_use_lifetimes)]
    #[deny(let_underscore_drop, unused_results, elided_lifetimes_in_paths)]
    mod strict {
        use super::*;

        /// Documented.
        #[must_use]
        #[inline]
        #[track_caller]
        #[cachefn(ttl = 60, tags = ["{id}"], key = "{id}-{other}")]
        #[expect(unused_variables, reason = "the name is for the reader")]
        #[allow(clippy::ptr_arg)]
        #[cfg_attr(all(), cold)]
        pub(super) fn kept(id: u64, name: &String, other: u8, _rest: Vec<u8>) -> Option<u64> {
            fn nested(id: u64) -> Option<u64> {
                id.checked_add(1)
            }
            let next = nested(id)?;
            (next > id).then_some(next)
        }

        /// Not there.
        #[cachefn]
        #[cfg(any())]
        pub(super) fn absent(id: u64) -> Missing {
            nothing
        }

        /// There instead.
        #[cachefn]
        #[cfg(not(any()))]
        pub(super) fn absent(id: u64) -> u64 {
            id
        }

        /// Says it may fail.
        #[cachefn]
        pub(super) fn fallible(
            mut path: &str,
            #[allow(unused)] more: u8,
        ) -> Result<u64, ParseIntError> {
            path = path.trim();
            path.parse()
        }
    }

    #[test]
    fn attributes_stay_where_they_belong() {
        let name = "Ada".to_owned();
        assert_eq!(strict::kept(1, &name, 2, Vec::new()), Some(2));
        assert_eq!((strict::absent(1), strict::absent::cache().len()), (1, 1));
        assert_eq!(strict::fallible(" 7 ", 0), Ok(7));
    }

    #[test]
    #[expect(unsafe_code, reason = "it is what the test is about")]
    fn an_unsafe_function_stays_unsafe() {
        static RUNS: Runs = Runs::new();
        /// # Safety
        /// `id` must be even.
        #[cachefn]
        unsafe fn half(id: u64) -> u64 {
            RUNS.tick();
            id / 2
        }
        // SAFETY: all of them are even.
        let halves = unsafe { (half(4), half(4), half::refresh(6), half::uncached(8)) };
        assert_eq!(halves, (2, 2, 3, 4));
        assert_eq!((RUNS.count(), half::key(5)), (3, (5,)));
    }

    #[test]
    fn a_recursive_function_computes_each_step_once() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn fibonacci(n: u64) -> u64 {
            RUNS.tick();
            if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
        }
        assert_eq!(fibonacci(80), 23_416_728_348_467_685);
        assert_eq!(RUNS.count(), 81);
    }

    #[test]
    fn a_function_that_asks_for_itself_runs_uncached_instead_of_waiting() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn circular(id: u64) -> u64 {
            if RUNS.tick() == 1 { circular(id) + 1 } else { id }
        }
        assert_eq!((circular(5), circular(5)), (6, 6));
        assert_eq!(RUNS.count(), 2);
    }

    #[test]
    fn a_panic_passes_through_and_poisons_nothing() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn fragile(id: u64) -> u64 {
            assert!(RUNS.tick() > 1, "the first run fails");
            id
        }
        let panic = catch_unwind(|| fragile(1)).expect_err("the first run fails");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"the first run fails"));
        assert_eq!((fragile(1), fragile(1)), (1, 1));
        assert_eq!(RUNS.count(), 2);
    }
}

mod threads {
    use super::*;
    use cachefn_core::private::followers;

    const THREADS: usize = 8;

    /// Runs `call` in several threads that start together.
    fn together<T: Send>(call: impl Fn() -> T + Sync) -> Vec<thread::Result<T>> {
        let start = Barrier::new(THREADS);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        call()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join()).collect()
        })
    }

    #[test]
    fn many_callers_wait_for_one_run() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn slow(name: &str) -> String {
            RUNS.tick();
            let key = slow::key(name);
            while followers(slow::cache(), &key) < THREADS - 1 {
                thread::yield_now();
            }
            name.to_uppercase()
        }
        let answers = together(|| slow("it"));
        assert!(answers.iter().all(|answer| answer.as_deref().is_ok_and(|text| text == "IT")));
        assert_eq!(RUNS.count(), 1);
    }

    #[test]
    fn a_waiter_takes_over_from_a_caller_that_panicked() {
        static RUNS: Runs = Runs::new();
        #[cachefn]
        fn fragile(id: u64) -> u64 {
            let run = RUNS.tick();
            let key = fragile::key(id);
            while run == 1 && followers(fragile::cache(), &key) < THREADS - 1 {
                thread::yield_now();
            }
            assert!(run > 1, "the first run fails");
            id + 1
        }
        let answers = together(|| fragile(1));
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
        assert!(answers.iter().flatten().all(|answer| *answer == 2));
        assert_eq!(RUNS.count(), 2);
    }
}

/// How often this thread allocated while `call` ran.
fn allocations(call: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    call();
    ALLOCATIONS.with(Cell::get) - before
}

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on unchanged; counting touches only a thread-local number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}
