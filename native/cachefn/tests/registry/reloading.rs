//! Settings that change while the program runs, and those that do not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn::config::Config;
use cachefn::registry::{Registry, Reloaded};

use crate::support::{end, open, until};

fn config(text: &str) -> Config {
    Config::read(text).expect("nothing is wrong")
}

fn refused(reloaded: &Reloaded) -> Vec<String> {
    reloaded.refused.iter().map(|refusal| format!("{}: {}", refusal.path, refusal.reason)).collect()
}

#[tokio::test]
async fn sizes_and_lives_change_and_the_rest_is_refused_with_its_reason() {
    let registry =
        open("[services.users]\nttl = \"10m\"\nl1.max_entries = 100\n[services.old]\n").await;
    let users = registry.cache::<u64>("users").expect("numbers");
    for number in 0..50 {
        users.set(number.to_string(), number).await.expect("memory");
    }
    let reloaded = registry.reload(&config(
        "[global]\nmetrics = true\n[services.users]\nttl = \"5m\"\nl1.max_entries = 7\npolicy = \"lru\"\n\
         jitter = 0.1\n[services.new]\n",
    ));
    let changed: Vec<String> = reloaded
        .changed
        .iter()
        .map(|change| format!("{}: {} -> {}", change.path, change.from, change.to))
        .collect();
    assert_eq!(
        changed,
        ["services.users.ttl: 10m -> 5m", "services.users.l1.max_entries: 100 -> 7"]
    );
    assert_eq!(
        refused(&reloaded),
        [
            "global: it holds when the program starts again",
            "services.new: it is new, and services are opened when the program starts",
            "services.old: it is gone, and services are ended when the program does",
            "services.users.jitter: it holds when the program starts again",
            "services.users.policy: it holds when the program starts again",
        ]
    );
    assert_eq!(users.len(), 7);
    assert_eq!(registry.config().services["users"].l1.max_entries, Some(7));
    assert_eq!(registry.config().services["users"].policy, None, "what was refused does not hold");
    end(registry).await;
}

#[tokio::test]
async fn a_limit_that_was_never_there_is_refused() {
    let registry = open("[services.users]\n").await;
    let reloaded = registry.reload(&config("[services.users]\nttl = \"5m\"\n"));
    assert!(reloaded.changed.is_empty());
    assert_eq!(
        refused(&reloaded),
        ["services.users.ttl: it was built without a ttl, and entries without one never get one"]
    );
    end(registry).await;
}

#[tokio::test]
async fn a_configuration_that_is_the_same_changes_nothing() {
    let text = "[services.users]\nttl = \"10m\"\nl1.max_entries = 100\n";
    let registry = open(text).await;
    assert_eq!(registry.reload(&config(text)), Reloaded::default());
    end(registry).await;
}

#[tokio::test]
async fn a_password_that_changes_is_told_and_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cache.db");
    let text = |more: &str| {
        let address = format!("file:{}", file.display());
        format!(
            "[services.users]\ncache_type = \"two-level\"\nl2.connection_string = {address:?}\n{more}"
        )
    };
    let registry = open(&text("")).await;
    let mut other = config(&text(""));
    let l2 =
        other.services.get_mut("users").and_then(|users| users.l2.as_mut()).expect("a storage");
    l2.password = Some(cachefn::config::Secret::new("geheim"));
    let mut once_more = other.clone();
    let told = refused(&registry.reload(&other));
    assert_eq!(told, ["services.users.l2.password: it holds when the program starts again"]);
    let l2 =
        once_more.services.get_mut("users").and_then(|users| users.l2.as_mut()).expect("a storage");
    l2.password = None;
    assert!(registry.reload(&once_more).refused.is_empty());
    end(registry).await;
}

#[tokio::test]
async fn a_file_that_is_watched_is_read_again_when_it_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    let write = |text: &str| std::fs::write(&path, text).expect("a file");
    write("[services.users]\nttl = \"10m\"\n");
    let registry =
        Registry::open(Config::load(&path).expect("nothing is wrong")).await.expect("it opens");
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let tell = move |what: Result<Reloaded, _>| {
        let text = match what {
            Ok(reloaded) => format!("{} changed", reloaded.changed.len()),
            Err(error) => format!("{error}").lines().count().to_string() + " lines",
        };
        heard.lock().expect("nobody panics").push(text);
    };
    let watch = registry.watch(Duration::from_millis(1), tell).expect("it was read from a file");
    let last = || told.lock().expect("nobody panics").last().cloned();

    tokio::time::pause(); // some looks, at once
    tokio::time::sleep(Duration::from_millis(20)).await;
    tokio::time::resume();
    assert_eq!(last(), None, "what held already is no news");
    write("[services.users]\nttl = \"5m\"\n");
    until("the change is heard", || async { last().is_some() }).await;
    assert_eq!(last().as_deref(), Some("1 changed"));
    write("[services.users]\ntll = \"5m\"\n");
    until("the fault is heard", || async { last().as_deref() == Some("2 lines") }).await;
    assert_eq!(registry.config().services["users"].ttl.map(|ttl| ttl.0.as_secs()), Some(300));
    end(registry).await;
    drop(watch);
}

/// Also run by the next one, in a process of its own.
#[tokio::test]
async fn a_watched_file_is_read_with_what_it_was_read_with_at_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cachefn.toml");
    let write = |most: usize| {
        let text = format!(
            "[services.users]\nttl = \"10m\"\nl1.max_entries = {most}\n\
             [profile.production.services.users]\nttl = \"1m\"\n"
        );
        std::fs::write(&path, text).expect("a file");
    };
    write(100);
    let variables = [("CACHEFN__SERVICES__USERS__TTL", "7m")];
    let config = Config::loader(&path).variables(variables).load().expect("nothing is wrong");
    assert!(!format!("{config:?}").contains("7m\""), "variables may be secret: {config:?}");
    let registry = Registry::open(config).await.expect("it opens");
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let tell = move |what: Result<Reloaded, _>| {
        heard.lock().expect("nobody panics").push(what.expect("nothing is wrong"));
    };
    let watch = registry.watch(Duration::from_millis(1), tell).expect("it was read from a file");
    write(7);
    until("the change is heard", || async {
        registry.config().services["users"].l1.max_entries == Some(7)
    })
    .await;
    for reloaded in told.lock().expect("nobody panics").iter() {
        assert!(reloaded.refused.is_empty(), "{reloaded:?}");
        for change in &reloaded.changed {
            assert_eq!(change.path, "services.users.l1.max_entries", "{change:?}");
        }
    }
    assert_eq!(registry.config().services["users"].ttl.map(|ttl| ttl.0.as_secs()), Some(420));
    end(registry).await;
    drop(watch);
}

#[test]
fn where_no_profile_was_chosen_that_of_the_process_is_not_taken_up_later() {
    let test = "reloading::a_watched_file_is_read_with_what_it_was_read_with_at_first";
    let mut again = std::process::Command::new(std::env::current_exe().expect("this program"));
    again.args(["--exact", test]).env("CACHEFN_PROFILE", "production");
    let output = again.output().expect("it runs");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && out.contains("1 passed"), "{out}");
}

#[tokio::test]
async fn what_was_read_as_a_text_is_not_watched_as_a_file_that_happens_to_be_there() {
    let registry = open("[services.users]\nttl = \"10m\"\n").await;
    let error = registry.watch(Duration::from_secs(1), |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "watch: the configuration was not read from a file");
    end(registry).await;
}

#[tokio::test]
async fn what_was_read_from_no_file_cannot_be_watched() {
    let registry = Registry::open(Config::default()).await.expect("nothing to open");
    let error = registry.watch(Duration::from_secs(1), |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "watch: the configuration was not read from a file");
    end(registry).await;
}
