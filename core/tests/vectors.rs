//! The facts in `tests/vectors` that hold in every language, checked against the Rust half.

#[path = "vectors/caches.rs"]
mod caches;
#[path = "vectors/files.rs"]
mod files;
#[path = "vectors/replay.rs"]
mod replay;
#[path = "vectors/trace.rs"]
mod trace;
#[path = "vectors/values.rs"]
mod values;

use std::panic::catch_unwind;
use std::time::Duration;

use cachefn_core::private::{duration, key_text};
use cachefn_core::{Cause, ErrorKind, EventKind, Glob};
use serde::Deserialize;

use files::{list, read};
use values::{Arguments, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Globs {
    cases: Vec<GlobCase>,
    errors: Vec<GlobError>,
    escapes: Vec<Escape>,
    prefixes: Vec<Prefix>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GlobCase {
    pattern: String,
    matches: Vec<String>,
    misses: Vec<String>,
    exact: Option<String>,
    prefix: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GlobError {
    pattern: String,
    position: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Escape {
    text: String,
    escaped: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prefix {
    text: String,
    matches: Vec<String>,
    misses: Vec<String>,
}

fn matches_just(glob: &Glob, matches: &[String], misses: &[String]) {
    for text in matches {
        assert!(glob.matches(text), "{glob:?} does not match {text:?}");
    }
    for text in misses {
        assert!(!glob.matches(text), "{glob:?} matches {text:?}");
    }
}

#[test]
fn s_24_patterns_match_as_the_vectors_say() {
    let globs: Globs = read("globs.json");
    assert!(globs.cases.len() > 50 && globs.escapes.len() > 5 && globs.prefixes.len() > 2);
    for case in &globs.cases {
        let glob = Glob::new(&case.pattern).unwrap_or_else(|error| panic!("{error}"));
        matches_just(&glob, &case.matches, &case.misses);
        assert_eq!(glob.exact(), case.exact.as_deref(), "{glob:?}");
        let start = case.exact.as_ref().or(case.prefix.as_ref());
        assert_eq!(Some(glob.literal_prefix()), start.map(String::as_str), "{glob:?}");
    }
    for case in &globs.escapes {
        assert_eq!(Glob::escape(&case.text), case.escaped);
        let glob = Glob::new(&case.escaped).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(glob.exact(), Some(&*case.text), "{glob:?}");
    }
    for case in &globs.prefixes {
        let glob = Glob::prefix(&case.text);
        matches_just(&glob, &case.matches, &case.misses);
        assert_eq!(Glob::new(glob.as_str()), Ok(glob));
    }
}

#[test]
fn s_24_patterns_that_cannot_be_parsed_are_errors_that_name_the_position() {
    let globs: Globs = read("globs.json");
    assert!(globs.errors.len() > 20);
    for GlobError { pattern, position } in globs.errors {
        let error = Glob::new(&pattern).expect_err(&pattern);
        assert_eq!(error.kind(), ErrorKind::Glob, "{pattern:?}");
        let words = position.map_or(String::new(), |position| format!("position {position} "));
        assert!(error.to_string().contains(&words), "{pattern:?}: {error}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Durations {
    cases: Vec<DurationCase>,
    errors: Vec<DurationError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DurationCase {
    text: String,
    ms: Milliseconds,
    /// A number of seconds; the attribute takes it, TypeScript does not.
    #[serde(default, rename = "bare")]
    _bare: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DurationError {
    text: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Milliseconds {
    Counted(u64),
    Endless(Endless),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Endless {
    Endless,
}

#[test]
fn s_03_durations_last_as_the_vectors_say() {
    let durations: Durations = read("durations.json");
    assert!(durations.cases.len() > 20 && durations.errors.len() > 20);
    for case in durations.cases {
        let expected = match case.ms {
            Milliseconds::Counted(ms) => Duration::from_millis(ms),
            Milliseconds::Endless(Endless::Endless) => Duration::MAX,
        };
        assert_eq!(duration(&case.text), expected, "{:?}", case.text);
    }
    // Without unwinding a panic ends the tests.
    let errors = durations.errors.into_iter().filter(|_| cfg!(panic = "unwind"));
    for DurationError { text } in errors {
        let panic = catch_unwind(|| duration(&text)).expect_err(&text);
        let advice = panic.downcast_ref::<String>().map_or("", |advice| advice);
        let advice = panic.downcast_ref::<&str>().map_or(advice, |advice| advice);
        assert!(advice.contains("duration"), "{text:?}: {advice}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    cases: Vec<KeyCase>,
    errors: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyCase {
    key: Option<Value>,
    args: Option<Vec<Value>>,
    text: String,
}

#[test]
fn s_23_every_key_has_the_text_that_the_vectors_say() {
    let keys: Keys = read("keys.json");
    assert!(keys.cases.len() > 150, "only {} cases are for Rust", keys.cases.len());
    assert!(keys.errors.is_empty(), "Rust has no type without a text that is still a key");
    for case in keys.cases {
        let text = match (case.key, &case.args) {
            (Some(key), None) => key_text(&key),
            (None, Some(args)) => key_text(&Arguments(args)),
            _ => panic!("a case has either a key or args, not both"),
        };
        assert_eq!(text, case.text);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    kinds: Vec<Word>,
    causes: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    word: String,
}

#[test]
fn s_42_events_and_causes_have_the_words_that_the_vectors_say() {
    let Words { kinds, causes } = read("words.json");
    use EventKind::*;
    let own = [Hit, Miss, Set, Delete, Eviction, Expire, Invalidate, Load, Stale, Error];
    let words: Vec<&str> = kinds.iter().map(|kind| kind.word.as_str()).collect();
    assert_eq!(own.map(EventKind::as_str).to_vec(), words);
    let own = (0..).map_while(Cause::from_code).map(Cause::as_str);
    let words: Vec<&str> = causes.iter().map(|cause| cause.word.as_str()).collect();
    assert_eq!(own.collect::<Vec<&str>>(), words);
}

#[test]
fn traces_hold_for_the_cache_for_many_threads() {
    replay::all("sharded", caches::sharded, 50);
}

#[test]
fn traces_hold_for_the_cache_for_one_thread() {
    replay::all("unsync", caches::unsync, 40);
}

#[test]
fn every_file_of_vectors_is_known() {
    assert_eq!(
        list(""),
        [
            "README.md",
            "durations.json",
            "globs.json",
            "keys.json",
            "policies",
            "records",
            "traces",
            "words.json"
        ]
    );
}
