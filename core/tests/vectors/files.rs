//! Reads the files of `tests/vectors` and leaves out what is not for Rust.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The names in a folder of the vectors, sorted.
pub(crate) fn list(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder of vectors is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().expect("names are Unicode"))
        .collect();
    names.sort();
    names
}

/// A file of lists, without the cases for other languages; `about` and `rules` are for people.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let mut file = parse(name);
    let lists = file.as_object_mut().expect("a file is an object");
    let rules = lists.remove("rules").expect("a file names its rules");
    assert!(rules.as_array().is_some_and(|rules| !rules.is_empty()), "{name} names no rule");
    lists.remove("about").expect("a file says what it is about");
    for cases in lists.values_mut() {
        let cases = cases.as_array_mut().expect("a list of cases");
        cases.retain_mut(|case| {
            let case = case.as_object_mut().expect("a case is an object");
            case.remove("about");
            case.remove("only_in").is_none_or(|only_in| is_for(&only_in, "rust"))
        });
    }
    T::deserialize(file).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file as it is.
pub(crate) fn parse(name: &str) -> Value {
    let text =
        fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn is_for(only_in: &Value, runner: &str) -> bool {
    only_in.as_array().expect("a list of runners").iter().any(|name| name == runner)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}
