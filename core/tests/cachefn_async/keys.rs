//! What tells two calls apart, in memory and in a storage.

use crate::*;
use cachefn_conformance::MapStorage;
use cachefn_core::{KeyText, NamedCache, cachefn, with_cache};
use pollster::block_on;
use std::fmt;

fn over(storage: &MapStorage) -> NamedCache {
    NamedCache::builder("keys").storage(storage.clone()).build().unwrap()
}

/// Calls twice: the second time what a restarted process has, the storage alone, has to answer.
fn twice<R: PartialEq + fmt::Debug>(calls: impl Fn() -> R) -> R {
    let storage = MapStorage::new();
    let first = with_cache("keys", &over(&storage), &calls);
    let second = with_cache("keys", &over(&storage), &calls);
    assert_eq!(first, second);
    second
}

#[test]
fn h_02_a_value_of_another_type_under_the_same_name_is_a_miss() {
    #[cachefn(cache = "keys", id = "f")]
    async fn before(id: u8) -> String {
        format!("text {id}")
    }
    #[cachefn(cache = "keys", id = "f")]
    async fn after(id: u8) -> Vec<u64> {
        vec![u64::from(id)]
    }
    let storage = MapStorage::new();
    with_cache("keys", &over(&storage), || assert_eq!(block_on(before(7)), "text 7"));
    with_cache("keys", &over(&storage), || {
        assert_eq!(block_on(after(7)), [7]);
        let stats = after::cache().stats();
        assert_eq!((stats.loads, stats.decode_failures), (1, 1));
    });
}

#[test]
fn h_03_arguments_that_print_alike_are_told_apart() {
    static RUNS: Runs = Runs::new();
    /// Shows half of what it is.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Account {
        name: String,
        secret: u32,
    }
    impl fmt::Display for Account {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.name)
        }
    }
    impl KeyText for Account {
        fn write_text(&self, out: &mut String) {
            (&*self.name, self.secret).write_text(out);
        }
    }
    #[cachefn(cache = "keys")]
    async fn balance(account: Account, text: &str) -> u32 {
        RUNS.tick();
        account.secret + text.len() as u32
    }
    let account = |secret| Account { name: "Ada".to_owned(), secret };
    let sums = twice(|| {
        let sum = |secret, text| block_on(balance(account(secret), text));
        [sum(1, "7"), sum(2, "7"), sum(1, "\"7"), sum(1, "")]
    });
    assert_eq!((sums, RUNS.count()), ([2, 3, 3, 1], 4));
}

#[test]
fn h_04_joined_arguments_never_make_one_key_of_two() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "keys")]
    async fn pair(left: &str, right: &str) -> String {
        RUNS.tick();
        format!("{left}|{right}")
    }
    #[cachefn(cache = "keys", key = "pair:{left}:{right}")]
    fn template(left: &str, right: &str) -> String {
        RUNS.tick();
        format!("{left}|{right}")
    }
    #[cachefn(cache = "keys")]
    async fn list(parts: &[&str], more: Option<&str>) -> String {
        RUNS.tick();
        format!("{parts:?}{more:?}")
    }
    let texts = twice(|| {
        let mut texts = Vec::new();
        for (left, right) in [("a", "bc"), ("ab", "c"), ("a:b", "c"), ("a", "b:c"), ("a\",\"b", "")]
        {
            texts.push(block_on(pair(left, right)));
            texts.push(template(left, right));
        }
        texts.push(block_on(list(&["1", "2"], None)));
        texts.push(block_on(list(&["1,2"], None)));
        texts.push(block_on(list(&["1", "2"], Some("null"))));
        texts
    });
    assert_eq!(RUNS.count(), 13);
    assert_eq!(texts[2..4], ["ab|c", "ab|c"]);
    assert_eq!(texts[10..], [r#"["1", "2"]None"#, r#"["1,2"]None"#, r#"["1", "2"]Some("null")"#]);
}

#[test]
fn h_06_odd_texts_are_keys_like_any_other() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "keys", key = "{text}")]
    fn length(text: &str) -> usize {
        RUNS.tick();
        text.len()
    }
    let long = "x".repeat(64 << 10);
    let texts = ["", "__proto__", "a\nb", "\0", "*?[", "%n:keys", "é", &long];
    let lengths = twice(|| texts.map(length));
    assert_eq!((lengths, RUNS.count()), (texts.map(str::len), texts.len()));
    // A storage takes no longer one; the function works all the same.
    let longer = "y".repeat((64 << 10) + 1);
    assert_eq!(with_cache("keys", &over(&MapStorage::new()), || length(&longer)), (64 << 10) + 1);
}
