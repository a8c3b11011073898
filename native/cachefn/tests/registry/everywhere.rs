//! The one registry of a whole program.

use std::time::Duration;

use cachefn::cachefn;

#[cachefn(cache = "everywhere_users", key = "user:{id}")]
async fn name(id: u64) -> String {
    format!("user {id}")
}

#[tokio::test]
async fn functions_find_what_the_program_was_set_up_with() {
    assert!(cachefn::shutdown_all(Duration::ZERO).await.is_clean(), "there is nothing to end");
    let before = cachefn::cache::<String>("everywhere_users").unwrap_err();
    assert_eq!(before.to_string(), "cache: the program is not set up; call cachefn::init first");
    name(1).await; // in a memory of its own

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    std::fs::write(&path, "[services.everywhere_users]\nttl = \"10m\"\n").expect("a file");
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, "[services.everywhere_users]\ntll = \"10m\"\n").expect("a file");
    let error = cachefn::init(&wrong).await.unwrap_err();
    assert!(error.to_string().contains("did you mean `ttl`?"), "{error}");

    cachefn::init(&path).await.expect("nothing is wrong");
    name(7).await;
    let users = cachefn::cache::<String>("everywhere_users").expect("texts");
    assert_eq!(users.get("user:7").await.expect("memory"), Some("user 7".to_string()));
    assert_eq!(users.get("user:1").await.expect("memory"), None);
    let again = cachefn::init(&path).await.unwrap_err();
    assert_eq!(again.to_string(), "init: this program has been set up; call it once");
    assert!(cachefn::shutdown_all(Duration::from_secs(10)).await.is_clean());
}

#[tokio::test]
async fn where_one_service_cannot_be_opened_no_function_finds_another() {
    let mut config = cachefn::config::Config::default();
    for (name, most) in [("everywhere_first", 10), ("everywhere_second", usize::MAX)] {
        let l1 = cachefn::config::L1 { max_entries: Some(most), ..Default::default() };
        let service = cachefn::config::Service { l1, ..Default::default() };
        config.services.insert(name.into(), service);
    }
    let error = cachefn::registry::Registry::open_everywhere(config.clone()).await.unwrap_err();
    assert!(
        error.to_string().starts_with("open: everywhere_second: build: max_entries"),
        "{error}"
    );
    assert!(cachefn::NamedCache::named("everywhere_first").is_none());
    config.services.remove("everywhere_second");
    let registry =
        cachefn::registry::Registry::open_everywhere(config).await.expect("it is mended");
    assert!(cachefn::NamedCache::named("everywhere_first").is_some());
    assert!(registry.shutdown_all(Duration::from_secs(10)).await.is_clean());
}
