//! What values are found by: all arguments, a template, or an expression.

use crate::*;

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
fn h_01_functions_of_one_name_share_nothing() {
    assert_eq!(east::where_is("Ada"), "Ada in the east");
    assert_eq!(west::where_is("Ada"), "Ada in the west");
    assert_eq!(east::where_is::cache().len(), 1);
    east::where_is::cache().clear();
    assert_eq!(west::where_is::cache().len(), 1);
}

#[test]
fn h_04_arguments_that_join_to_one_text_have_their_own_values() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn join(left: &str, right: &str) -> String {
        RUNS.tick();
        format!("{left}|{right}")
    }
    let pairs = [("a", "bc"), ("ab", "c"), ("a:b", "c"), ("a", "b:c"), ("", "abc"), ("abc", "")];
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
        id as usize + name.len() + sizes.len() + *scale as usize + more.map_or(0, |more| more.len())
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
