//! What the guide shows of the health of services is what a registry tells.
#![cfg(feature = "metrics")] // the file on the page wants them

use std::collections::BTreeSet;

use cachefn::config::Config;
use cachefn::registry::Registry;
use serde_json::Value;

use crate::support::end;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/operations.md");

#[tokio::test]
async fn every_field_of_the_health_is_shown_and_described_on_the_page() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let loader = Config::loader(folder.path().join("cachefn.toml")).variables([("", "")]);
    let config = loader.read(block(&page, "toml")).expect("nothing is wrong");
    let registry = Registry::open(config).await.expect("every service opens");
    let health = registry.health().await;
    end(registry).await;

    let shown = block(&page, "json");
    let told = masked(&serde_json::to_string_pretty(&health).expect("JSON"));
    if std::env::var_os("CACHEFN_WRITE_OPERATIONS").is_some() {
        let (begin, end) = ("```json\n", "```");
        let anew = page.replace(&[begin, shown, end].concat(), &[begin, &told, end].concat());
        std::fs::write(PAGE, anew).expect("the page can be written");
        return;
    }
    let how = "CACHEFN_WRITE_OPERATIONS=1 cargo test -p cachefn --features metrics --test registry health";
    assert_eq!(told, shown, "write it anew: {how}");

    let mut fields = BTreeSet::new();
    let health = serde_json::to_value(&health).expect("JSON");
    paths("", &health, &mut fields);
    let (_, section) = page.split_once("\n| field | what |\n|---|---|\n").expect("the table");
    let rows = section.lines().take_while(|line| line.starts_with("| `"));
    let described = rows.map(|row| row.split('`').nth(1).expect("a field").to_string());
    assert_eq!(described.collect::<BTreeSet<_>>(), fields);
}

/// The first block of a language.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).expect("it has such a block");
    rest.split_once("```").expect("it ends").0
}

/// With the same time in every run.
fn masked(json: &str) -> String {
    let line = |line: &str| match line.split_once("\"since_ms\": ") {
        Some((indent, time)) if time != "null," => format!("{indent}\"since_ms\": 2718,\n"),
        _ => format!("{line}\n"),
    };
    json.lines().map(line).collect()
}

/// Every field, with `NAME` for that of a service.
fn paths(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields {
        let key = if path == "services" { "NAME" } else { key };
        let inner = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        if key != "NAME" {
            found.insert(inner.clone());
        }
        paths(&inner, value, found);
    }
}
