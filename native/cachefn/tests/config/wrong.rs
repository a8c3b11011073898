//! Wrong files, each with the exact text that tells what is wrong with it.

use std::path::{Path, PathBuf};

use cachefn::config::Config;

/// Every `wrong/NN_name.toml` has its `wrong/NN_name.txt`.
#[test]
fn h_39_each_wrong_file_is_refused_with_all_that_is_wrong_in_it() {
    let mut count = 0;
    let mut differ = String::new();
    for path in files() {
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        let told = told(&path);
        if told.trim_end() != expected.trim_end() {
            differ.push_str(&format!("--- {}\n{told}\n", path.display()));
        }
        count += 1;
    }
    assert!(differ.is_empty(), "other texts than expected:\n{differ}");
    assert_eq!(count, 51);
}

#[test]
fn h_39_what_is_wrong_is_told_with_a_place_and_what_to_do() {
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a file of this folder");
        let lines = text.lines().count();
        let error = load(&path, &text).expect_err("it is wrong");
        assert!(!error.faults.is_empty());
        for fault in &error.faults {
            assert!(!fault.suggestion.is_empty(), "{fault}");
            assert!(fault.line.is_none_or(|line| line <= lines + 1), "{fault}");
        }
    }
}

fn told(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a file of this folder");
    match load(path, &text) {
        Ok(config) => format!("it is accepted: {config:?}"),
        Err(error) => error.to_string(),
    }
}

fn load(path: &Path, text: &str) -> Result<Config, cachefn::config::ConfigError> {
    let name = path.file_name().expect("a file has a name");
    // What stands behind `#env` in a file is its environment.
    let variables = text.lines().filter_map(|line| line.strip_prefix("#env "));
    let variables = variables.filter_map(|line| line.split_once('='));
    Config::loader(name).variables(variables).read(text)
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/wrong");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    paths
}
