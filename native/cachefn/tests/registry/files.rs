//! Services over a file.

use cachefn::registry::Registry;

use crate::support::{end, keeps_what_waits, open};

#[tokio::test]
async fn what_one_process_kept_the_next_one_finds() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        "[global]\ndefault_ttl = \"1h\"\n\n[services.users]\ncache_type = \"two-level\"\n\
         l2.connection_string = {address:?}\n\n[services.pages]\ncache_type = \"two-level\"\n\
         l2.connection_string = {address:?}\n",
        address = format!("file:{}", folder.path().join("cache.db").display())
    );
    let cache = |registry: &Registry, name: &str| registry.cache::<u64>(name).expect("numbers");
    let first = open(&text).await;
    cache(&first, "users").set("a".into(), 1).await.expect("the file");
    cache(&first, "pages").set("a".into(), 2).await.expect("the file");
    end(first).await;

    let second = open(&text).await;
    assert_eq!(cache(&second, "users").get("a").await.expect("the file"), Some(1));
    assert_eq!(cache(&second, "pages").get("a").await.expect("the file"), Some(2));
    assert_eq!(cache(&second, "users").stats().storage_hits, 1);
    end(second).await;
}

#[cfg(not(feature = "rocksdb"))]
#[tokio::test]
async fn h_39_a_folder_of_rocksdb_needs_the_feature_and_the_error_says_so() {
    let text = "[services.users]\ncache_type = \"l2\"\nl2.connection_string = \"rocksdb:cache\"\n";
    let config = cachefn::config::Config::read(text).expect("nothing is wrong");
    let error = Registry::open(config).await.expect_err("it cannot be opened").to_string();
    assert!(
        error.contains("users: open: rocksdb: needs the feature rocksdb of cachefn"),
        "{error}"
    );
}

#[tokio::test]
async fn writes_that_wait_are_on_the_disk_when_the_registry_has_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        "[services.users]\ncache_type = \"two-level\"\nl2.connection_string = {:?}\n\
         two_level.write_through = false\ntwo_level.batch_interval = \"1h\"\n",
        format!("file:{}", folder.path().join("cache.db").display())
    );
    keeps_what_waits(&text).await;
}
