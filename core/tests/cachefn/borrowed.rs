//! Arguments that borrow: kept owned on a miss, looked up as they are on a hit.

use crate::*;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Calls twice; the second call allocates nothing.
macro_rules! hits_allocate_nothing {
    ($call:expr, $value:expr) => {{
        assert!(allocations(|| assert_eq!($call, $value)) > 0, "a miss keeps the key");
        assert_eq!(allocations(|| assert_eq!($call, $value)), 0);
    }};
}

#[test]
fn a_hit_allocates_nothing_for_any_borrowed_argument() {
    #[cachefn]
    fn text(text: &str) -> usize {
        text.len()
    }
    #[cachefn]
    fn list(list: &[u64]) -> usize {
        list.len()
    }
    #[allow(clippy::ptr_arg)]
    #[cachefn]
    fn path(path: &Path, owned: &PathBuf) -> usize {
        path.components().count() + owned.components().count()
    }
    #[cachefn]
    fn maybe(name: Option<&str>) -> usize {
        name.map_or(0, str::len)
    }
    #[cachefn]
    fn pair((left, right): (&str, u8), both: &(Option<&str>, &[u8])) -> usize {
        left.len() + usize::from(right) + both.0.map_or(0, str::len) + both.1.len()
    }
    #[cachefn]
    fn names(names: &[&str], nested: Vec<Option<&str>>, three: [&str; 3]) -> usize {
        names.len() + nested.len() + three.concat().len()
    }
    #[cachefn]
    fn cow(text: Cow<'_, str>, deep: &&str) -> usize {
        text.len() + deep.len()
    }
    #[cachefn]
    fn fixed(name: &'static str, more: Option<&'static str>, list: &'static [u8]) -> usize {
        name.len() + more.map_or(0, str::len) + list.len()
    }
    hits_allocate_nothing!(text("four"), 4);
    hits_allocate_nothing!(list(&[1, 2]), 2);
    let owned = PathBuf::from("d/e/f");
    hits_allocate_nothing!(path(Path::new("a/b"), &owned), 5);
    hits_allocate_nothing!(maybe(Some("four")), 4);
    hits_allocate_nothing!(pair(("ab", 1), &(Some("c"), &[1, 2])), 6);
    let mut nested = [vec![Some("a"), None], vec![Some("a"), None]].into_iter();
    let mut nested = || nested.next().expect("two calls");
    hits_allocate_nothing!(names(&["a", "b"], nested(), ["x", "y", "z"]), 7);
    hits_allocate_nothing!(cow("abc".into(), &"de"), 5);
    hits_allocate_nothing!(fixed("a", Some("b"), &[1]), 3);
    assert_eq!(maybe(None), 0);
    assert_eq!(maybe(Some("")), 0);
    assert_eq!(maybe::cache().len(), 3);
}

#[test]
fn the_key_is_owned_as_deep_as_the_argument_borrows() {
    type Key = (Option<String>, (u8, String), Vec<String>, Vec<(String, Option<u8>)>, String);
    #[cachefn]
    fn deep(
        a: Option<&str>,
        b: (u8, &str),
        c: &[&str],
        d: [(&str, Option<&u8>); 1],
        e: Cow<'_, str>,
    ) -> usize {
        a.map_or(0, str::len) + b.1.len() + c.len() + d.len() + e.len()
    }
    let cache: &'static MemoryCache<Key, usize> = deep::cache();
    let key: Key = deep::key(None, (1, "b"), &["c"], [("d", Some(&4))], "e".into());
    let owned = |text: &str| text.to_owned();
    assert_eq!(
        key,
        (None, (1, owned("b")), vec![owned("c")], vec![(owned("d"), Some(4))], owned("e"))
    );
    assert_eq!(deep(None, (1, "b"), &["c"], [("d", Some(&4))], "e".into()), 4);
    assert_eq!(cache.peek(&key), Some(4));
}

#[test]
fn h_04_lists_that_join_to_the_same_text_are_different() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn join(left: &[&str], right: Option<(&str, &str)>) -> String {
        RUNS.tick();
        format!("{left:?}{right:?}")
    }
    let calls: [(&[&str], _); 6] = [
        (&["a", "b"], None),
        (&["ab"], None),
        (&["a"], Some(("b", ""))),
        (&["a"], Some(("", "b"))),
        (&[], None),
        (&[""], None),
    ];
    for _ in 0..2 {
        for (left, right) in calls {
            assert_eq!(join(left, right), format!("{left:?}{right:?}"));
        }
    }
    assert_eq!(RUNS.count(), calls.len());
}
