//! Two processes with a storage in common: this one, and the same program started again.

use std::process::Command;
use std::time::Duration;

use cachefn_core::{Cache, EntryOptions, Postcard};
use cachefn_redis::Redis;

use crate::support::{cluster, server};

/// What the other process is told.
const URLS: &str = "CACHEFN_REDIS_TEST_URLS";

async fn users(urls: &str) -> Cache<String, String> {
    let builder = match urls.split_once(' ') {
        Some(_) => Redis::cluster(urls.split(' ')),
        None => Redis::builder(urls),
    };
    let storage = builder.prefix("processes").connect().await.unwrap().storage();
    let users = Cache::builder("users").storage(storage).codec(Postcard);
    users.ttl(Duration::from_secs(60)).build().unwrap()
}

/// Does something only as the other process.
#[tokio::test]
async fn the_other_process_changes_what_it_finds() {
    let Ok(urls) = std::env::var(URLS) else {
        assert!(std::env::args().count() > 0);
        return;
    };
    let users = users(&urls).await;
    assert_eq!(users.get("read").await.unwrap().as_deref(), Some("Ada"));
    users.set("written".into(), "Bob".into()).await.unwrap();
    users.invalidate_by_tag("tag").await.unwrap();
    users.delete("deleted").await.unwrap();
}

#[tokio::test]
async fn entries_tags_and_deletes_reach_another_process() {
    for urls in [server().url(), cluster().urls().join(" ")] {
        let users = users(&urls).await;
        let ada = || "Ada".to_string();
        users.set("read".into(), ada()).await.unwrap();
        users.set("deleted".into(), ada()).await.unwrap();
        for number in 0..20 {
            let options = EntryOptions::new().tags(["tag".to_string()]);
            users.set_with(format!("tagged {number}"), ada(), options).await.unwrap();
            assert_eq!(users.get(&format!("tagged {number}")).await.unwrap(), Some(ada()));
        }
        let other = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::the_other_process_changes_what_it_finds"])
            .env(URLS, &urls)
            .output()
            .unwrap();
        assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stdout));
        let users = self::users(&urls).await; // nothing in its memory
        assert_eq!(users.get("written").await.unwrap().as_deref(), Some("Bob"));
        assert_eq!(users.get("deleted").await.unwrap(), None);
        for number in 0..20 {
            assert_eq!(users.get(&format!("tagged {number}")).await.unwrap(), None);
        }
    }
}
