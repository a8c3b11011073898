//! Services of a configuration in a folder of RocksDB.

use cachefn::config::Config;
use cachefn::registry::Registry;
use cachefn::rocksdb::RocksDbStorage;

use crate::support::{Place, end, keeps_what_waits, open};

#[tokio::test]
async fn what_one_process_kept_the_next_one_finds() {
    for bound in ["", "l2.max_bytes = \"32MiB\"\n"] {
        let place = Place::new();
        let text = place.configured(bound);
        let cache = |registry: &Registry, name: &str| registry.cache::<u64>(name).expect("numbers");
        let first = open(&text).await;
        cache(&first, "users").set("a".into(), 1).await.expect("the folder");
        cache(&first, "pages").set("a".into(), 2).await.expect("the folder");
        assert_eq!(first.health().await.state, "healthy");
        end(first).await;

        let second = open(&text).await;
        assert_eq!(cache(&second, "users").get("a").await.expect("the folder"), Some(1), "{bound}");
        assert_eq!(cache(&second, "pages").get("a").await.expect("the folder"), Some(2), "{bound}");
        assert_eq!(cache(&second, "users").stats().storage_hits, 1);
        end(second).await;
    }
}

#[tokio::test]
async fn s_31_what_was_invalidated_is_gone_in_the_next_process_too() {
    let place = Place::new();
    let text = place.configured("");
    let first = open(&text).await;
    let users = first.cache::<u64>("users").expect("numbers");
    let tagged = || cachefn::EntryOptions::new().tags(["eu"]);
    users.set_with("a".into(), 1, tagged()).await.expect("the folder");
    users.set("b".into(), 2).await.expect("the folder");
    first.cache::<u64>("pages").expect("numbers").set("a".into(), 3).await.expect("the folder");
    users.invalidate_by_tag("eu").await.expect("the folder");
    first.cache::<u64>("pages").expect("numbers").clear().await.expect("the folder");
    end(first).await;

    let second = open(&text).await;
    let users = second.cache::<u64>("users").expect("numbers");
    assert_eq!(users.get("a").await.expect("the folder"), None);
    assert_eq!(users.get("b").await.expect("the folder"), Some(2));
    let pages = second.cache::<u64>("pages").expect("numbers");
    assert_eq!(pages.get("a").await.expect("the folder"), None);
    end(second).await;
}

#[tokio::test]
async fn writes_that_wait_are_on_the_disk_when_the_registry_has_ended() {
    let place = Place::new();
    let waiting = "two_level.write_through = false\ntwo_level.batch_interval = \"1h\"\n";
    keeps_what_waits(&place.configured(waiting)).await;
}

#[tokio::test]
async fn h_32_a_folder_that_is_open_elsewhere_is_an_error_that_says_so() {
    let place = Place::new();
    let storage = RocksDbStorage::open(place.cache()).expect("the folder is free");
    let config = Config::read(&place.configured("")).expect("nothing is wrong");
    let error = Registry::open(config).await.expect_err("it is taken").to_string();
    let told = format!("{} is open in this process already", place.cache().display());
    assert!(error.contains(&told) && error.contains("users: open: "), "{error}");
    drop(storage);
    end(open(&place.configured("")).await).await;
}
