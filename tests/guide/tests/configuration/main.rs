//! The page on configuration says what the types say, and its files are right.

mod reference;
mod settings;

use std::collections::BTreeSet;
use std::path::Path;

use cachefn::config::{Config, Secret};
use cachefn::registry::Registry;
use serde_json::{Value, json};
use settings::{Setting, tables};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/configuration.md");
const BEGIN: &str = "<!-- What follows is written by a test. -->\n";

#[tokio::test]
async fn h_39_the_reference_is_that_of_the_types_and_tells_what_a_reload_changes() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (by_hand, written) = page.split_once(BEGIN).expect("the page has a place for it");
    let wanted = reference::written(&changing().await);
    if std::env::var_os("CACHEFN_WRITE_REFERENCE").is_some() {
        std::fs::write(PAGE, format!("{by_hand}{BEGIN}{wanted}")).unwrap();
        return;
    }
    assert!(
        written == wanted,
        "write it anew: CACHEFN_WRITE_REFERENCE=1 cargo test -p guide --test configuration"
    );
}

/// The settings that a running registry takes over, found by trying each.
async fn changing() -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let base = base(folder.path());
    let read = || Config::loader("cachefn.toml").variables([("", "")]).read(&base).unwrap();
    let registry = Registry::open(read()).await.unwrap();
    let mut found = BTreeSet::new();
    for setting in tables().iter().flat_map(|table| &table.settings) {
        let name = setting.path.join(".");
        let other = other(setting, &base, &read());
        assert_ne!(other, read(), "{name} is another one");
        let told = registry.reload(&other);
        assert!(!told.changed.is_empty() || !told.refused.is_empty(), "{name}: nothing is told");
        if told.refused.is_empty() {
            found.insert(name);
        }
        registry.reload(&read());
    }
    assert!(registry.shutdown_all(std::time::Duration::from_secs(20)).await.is_clean());
    found
}

/// Limits that may change are there from the beginning.
fn base(folder: &Path) -> String {
    let address = format!("file:{}", folder.join("cache.db").display());
    format!(
        "[global]\ndefault_ttl = \"1h\"\n[services.a-cache]\ncache_type = \"two-level\"\n\
         l1.ttl = \"1s\"\nl1.max_entries = 10\nl2.connection_string = {address:?}\n"
    )
}

/// The same configuration with another value for one setting: by its variable where that can be, and otherwise by hand.
fn other(setting: &Setting, base: &str, read: &Config) -> Config {
    let value = sample(setting);
    let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
    let variable = setting.variable("a-cache");
    let faults = match Config::loader("cachefn.toml").variables([(&variable, text)]).read(base) {
        Ok(config) => return config,
        Err(error) => error.faults,
    };
    for fault in &faults {
        assert!(!fault.problem.contains("unknown"), "{variable}: {fault}");
    }
    let keys = setting.keys("a-cache");
    let mut all = serde_json::to_value(read).unwrap();
    keys.iter().fold(&mut all, |value, key| &mut value[key.as_str()]).clone_from(&value);
    let mut config: Config = serde_json::from_value(all).unwrap();
    if setting.key() != "connection_string" {
        // It is hidden where it is written out.
        let address = &read.services["a-cache"].l2.as_ref().unwrap().connection_string;
        let service = config.services.get_mut("a-cache").unwrap();
        service.l2.as_mut().unwrap().connection_string.clone_from(address);
    }
    config.file.clone_from(&read.file);
    config
}

fn sample(setting: &Setting) -> Value {
    match setting.format() {
        "cachefn-duration" => json!("7s"),
        "cachefn-bytes" => json!("1MiB"),
        _ if setting.is("boolean") => json!(!setting.default.as_bool().unwrap()),
        _ if setting.is("integer") => json!(3),
        _ if setting.is("number") => json!(0.5),
        _ => json!(setting.words().get(1).map_or("another", |(word, _)| word)),
    }
}

#[test]
fn h_39_every_file_on_the_page_is_read_and_every_fault_on_it_is_told() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("redis-password"), "geheim\n").unwrap();
    let variables = [("REDIS_URL", "redis://app:geheim@10.0.0.1/")];
    let (mut read, mut refused) = (0, 0);
    for (at, block) in page.split("```toml").enumerate().skip(1) {
        let (text, after) = block.split_once("```").unwrap();
        let loader = Config::loader(folder.path().join("cachefn.toml")).variables(variables);
        match loader.read(text.split_once('\n').unwrap().1) {
            Ok(config) => {
                assert!(!format!("{config:?}").contains("geheim"), "block {at}");
                read += 1;
            }
            Err(error) => {
                let told = after.split_once("```text\n").expect("the faults follow the file").1;
                let shown = error.to_string().replace(&format!("{}/", folder.path().display()), "");
                assert_eq!(shown, told.split_once("\n```").unwrap().0, "block {at}");
                refused += 1;
            }
        }
    }
    assert!(read >= 4 && refused >= 1, "{read} read, {refused} refused");
    assert_eq!(Secret::new("geheim").to_string(), "hidden");
}
