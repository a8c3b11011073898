//! The table in `docs/http.md` and the tests here belong to each other.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all tests in this folder.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the folder of this file") {
        let name = file.expect("an entry").file_name().into_string().expect("a text");
        let text = read(&format!("tests/http/{name}"));
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line == "#[test]" || line == "#[tokio::test]" {
                let function = lines.next().expect("a function");
                let name =
                    function.trim_start_matches("async ").strip_prefix("fn ").expect("a function");
                names.insert(name.split('(').next().expect("a name").to_string());
            }
        }
    }
    names
}

/// The last column of every row that begins with a section.
fn named() -> Vec<(String, Vec<String>)> {
    let text = read("../../docs/http.md");
    let rows = text.lines().filter(|line| line.starts_with("| 9111") || line.starts_with("| 5861"));
    rows.map(|row| {
        let last = row.trim_end_matches('|').rsplit('|').next().expect("a column");
        let names = last.split('`').skip(1).step_by(2).map(String::from).collect();
        (row.to_string(), names)
    })
    .collect()
}

#[test]
fn every_requirement_names_tests_that_exist() {
    let tests = tests();
    assert!(tests.len() > 100, "{} tests were found", tests.len());
    let rows = named();
    assert!(rows.len() > 60, "{} rows were found", rows.len());
    for (row, names) in rows {
        assert!(!names.is_empty() || row.contains("does not arise"), "no test: {row}");
        for name in names {
            assert!(tests.contains(&name), "no test is called {name}: {row}");
        }
    }
}

#[test]
fn every_test_of_a_requirement_is_in_the_table() {
    let named: BTreeSet<String> = named().into_iter().flat_map(|(_, names)| names).collect();
    let missing: Vec<String> = tests()
        .into_iter()
        .filter(|name| name.starts_with("rfc") && !named.contains(name))
        .collect();
    assert!(missing.is_empty(), "not in docs/http.md: {missing:?}");
}
