//! What a configuration means.

use std::time::Duration;

use cachefn::config::{Backend, CacheType, Codec, Config, Invalidation, Mode, Period, Policy};

const WHOLE: &str = r#"
[global]
default_ttl = "1h"
health_check_interval = 2
codec = "json"
metrics = true

[services.pages]
ttl = 90
l1.max_entries = 500
policy = "s3-fifo"

[services.users]
cache_type = "two-level"
stale_while_revalidate = "5m"
jitter = 0.1

[services.users.l1]
ttl = "1m"

[services.users.l2]
connection_string = "redis://127.0.0.1:6379/2"
ttl = "1h"

[services.users.two_level]
promote_on_hit = false
write_through = false
batch_size = 100
wal_path = "log/users"
invalidation = "tracking"

[services.shops]
cache_type = "l2"
l2.mode = "sentinel"
l2.connection_string = "redis://10.0.0.1:26379, redis://10.0.0.2:26379"
l2.master = "mymaster"

[services.files]
cache_type = "two-level"
l2.connection_string = "file:cache.db"
l2.max_bytes = "64MiB"
"#;

fn whole() -> Config {
    let loader = Config::loader("/etc/app/cachefn.toml").variables([("HOME", "/")]);
    loader.read(WHOLE).expect("nothing is wrong")
}

fn seconds(seconds: u64) -> Option<Period> {
    Some(Period(Duration::from_secs(seconds)))
}

#[test]
fn a_time_of_use_is_measured_by_the_ttl_that_holds() {
    let text = "[global]\ndefault_ttl = \"1m\"\n[services.users]\ncache_type = \"two-level\"\n\
                tti = \"10m\"\nl2.connection_string = \"redis://127.0.0.1/\"\nl2.ttl = \"1h\"\n";
    let config = Config::read(text).expect("the ttl in the storage is longer");
    assert_eq!(config.services["users"].tti, seconds(600));
}

#[test]
fn every_setting_has_its_type() {
    let config = whole();
    assert_eq!(config.global.health_check_interval, seconds(2));
    assert_eq!((config.global.codec, config.global.metrics), (Codec::Json, true));
    let pages = &config.services["pages"];
    assert_eq!((pages.ttl, pages.l1.max_entries), (seconds(90), Some(500)));
    assert_eq!((pages.policy, pages.cache_type), (Some(Policy::S3Fifo), CacheType::L1));
    let users = &config.services["users"];
    assert_eq!(users.cache_type, CacheType::TwoLevel);
    assert_eq!((users.l1.ttl, users.jitter), (seconds(60), Some(0.1)));
    assert!(!users.two_level.promote_on_hit && !users.two_level.write_through);
    assert_eq!(users.two_level.invalidation, Invalidation::Tracking);
}

#[test]
fn the_ttl_of_the_program_is_that_of_services_without_one() {
    let config = whole();
    assert_eq!(config.services["users"].ttl, seconds(3_600));
    assert_eq!(config.services["pages"].ttl, seconds(90));
}

#[test]
fn a_connection_string_says_what_the_storage_is() {
    let config = whole();
    let storage = |name: &str| config.services[name].l2.as_ref().expect("a storage");
    assert_eq!(storage("users").backend(), Some(Backend::Redis));
    assert_eq!(storage("shops").mode, Mode::Sentinel);
    assert_eq!(storage("shops").addresses(), ["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"]);
    assert_eq!(storage("files").backend(), Some(Backend::File));
    assert_eq!(storage("files").max_bytes.map(|size| size.0), Some(64 << 20));
}

#[test]
fn a_folder_of_rocksdb_is_written_as_a_file_is() {
    let of = |address: &str, more: &str| {
        let text = format!(
            "[services.s]\ncache_type = \"l2\"\nttl = \"1h\"\nl2.connection_string = {address:?}\n{more}"
        );
        Config::loader("/etc/app/cachefn.toml").variables([("", ""); 0]).read(&text)
    };
    for (address, path) in [
        ("rocksdb:cache", "/etc/app/cache"),
        ("rocksdb:cache/", "/etc/app/cache/"),
        ("rocksdb:///srv/cache", "/srv/cache"),
        ("rocksdb:/srv/cache", "/srv/cache"),
    ] {
        let config = of(address, "l2.max_bytes = \"64MiB\"\n").expect("nothing is wrong");
        let l2 = config.services["s"].l2.clone().expect("a storage");
        assert_eq!((l2.backend(), l2.path()), (Some(Backend::RocksDb), Some(path.into())));
        assert!(format!("{config:?}").contains(path), "a path is no secret");
    }
    for (address, more, told) in [
        (
            "rocksdb:",
            "",
            "l2.connection_string names no folder; write one such as \"rocksdb:cache\"",
        ),
        ("rocksdb:///", "", "l2.connection_string names no folder"),
        (
            "rocksdb:a",
            "l2.password = \"x\"\n",
            "l2.password means nothing for a folder; leave it out",
        ),
        ("rocksdb:a", "two_level.invalidation = \"tracking\"\n", "which only Redis can do"),
    ] {
        let error = of(address, more).expect_err("it is wrong").to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn paths_are_relative_to_the_folder_of_the_file() {
    let config = whole();
    let log = config.services["users"].two_level.wal_path.clone();
    assert_eq!(log, Some("/etc/app/log/users".into()));
    let file = config.services["files"].l2.as_ref().and_then(|l2| l2.connection_string.clone());
    assert_eq!(
        file.map(|text| text.reveal().to_string()).as_deref(),
        Some("file:/etc/app/cache.db")
    );
}

#[test]
fn a_configuration_survives_its_json_but_for_what_is_secret() {
    let config = whole();
    let text = serde_json::to_string(&config).expect("JSON");
    let again: Config = serde_json::from_str(&text).expect("the same types");
    assert_eq!(again.services["users"].two_level, config.services["users"].two_level);
    assert_eq!(again.global, config.global);
}

#[test]
fn an_empty_file_has_no_services() {
    let config = Config::read("").expect("nothing is wrong");
    assert!(config.services.is_empty());
}
