//! What of a result is stored: values, and never an error.

use crate::*;

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
