//! Services whose Redis is away when the program starts.

use std::path::Path;

use cachefn::config::Config;
use cachefn::registry::Registry;
use cachefn::{EntryOptions, ErrorKind};
use cachefn_servers::Server;

use crate::support::{end, is_well, open, until};

/// A server that is not there yet; `restart` starts it at the address that it has.
fn away() -> Server {
    let server = Server::start();
    server.kill();
    server
}

fn text(server: &Server, global: &str, more: &str) -> String {
    format!(
        "[global]\ndefault_ttl = \"1h\"\nhealth_check_interval = \"50ms\"\n{global}\n[services.users]\n\
         cache_type = \"two-level\"\nl2.connection_string = {:?}\n{more}\n",
        server.url()
    )
}

#[tokio::test]
async fn s_36_a_program_starts_without_its_redis_and_what_it_sets_is_there_when_redis_is() {
    for invalidation in ["none", "channel", "tracking"] {
        let server = away();
        let more = format!("two_level.invalidation = {invalidation:?}");
        let registry = open(&text(&server, "", &more)).await;
        let service = registry.service("users").expect("it is configured");
        let health = service.health().expect("it has a storage").status();
        assert_eq!(health.state.as_str(), "degraded", "{invalidation}");
        assert_eq!(registry.health().await.state, "degraded", "{invalidation}");

        let users = registry.cache::<u64>("users").expect("numbers");
        let tagged = || EntryOptions::new().tags(["t"]);
        for key in 0..20 {
            users.set_with(format!("set:{key}"), key, tagged()).await.expect("it waits");
            let loaded = users.get_or_fetch(&format!("loaded:{key}"), async || key).await;
            assert_eq!(loaded, key);
        }
        assert!(service.pending().is_some_and(|pending| pending.entries > 0), "{invalidation}");

        server.restart();
        until("Redis is found", || is_well(&registry)).await;
        let other = open(&text(&server, "", &more)).await;
        let there = other.cache::<u64>("users").expect("numbers");
        for key in 0..20 {
            let name = format!("set:{key}");
            assert_eq!(there.get(&name).await, Ok(Some(key)), "{invalidation}: {name}");
            assert_eq!(users.get(&name).await, Ok(Some(key)), "{invalidation}: {name}");
        }
        users.invalidate_by_tag("t").await.expect("Redis");
        if invalidation != "none" {
            let gone = || async { there.get("set:7").await == Ok(None) };
            until("the other one hears", gone).await;
        }
        end(registry).await;
        end(other).await;
    }
}

#[tokio::test]
async fn s_36_servers_that_stand_still_hold_no_service_up() {
    let server = Server::start();
    server.stop();
    let service = |number: usize| {
        format!(
            "[services.s{number}]\ncache_type = \"two-level\"\nl2.connection_string = {:?}\n\
             l2.prefix = \"p{number}\"\nl2.timeout = \"200ms\"\nl2.connect_timeout = \"200ms\"\n",
            server.url()
        )
    };
    let registry = open(&(0..20).map(service).collect::<String>()).await;
    let degraded = |health: &cachefn::tokio::Health| health.state().as_str() == "degraded";
    let names: Vec<&str> = registry.services().collect();
    assert_eq!(names.len(), 20);
    for name in names {
        let service = registry.service(name).expect("it is configured");
        assert!(service.health().is_some_and(degraded), "{name}");
    }
    server.cont();
    until("Redis is found", || is_well(&registry)).await;
    end(registry).await;
}

#[tokio::test]
async fn h_39_who_requires_the_storage_is_told_that_it_is_away() {
    let server = away();
    let wanted = Config::read(&text(&server, "require_storage = true", "")).expect("it is right");
    let error = Registry::open(wanted.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.to_string().starts_with("open: users: connect: redis at 127.0.0.1:"), "{error}");
    server.restart();
    end(Registry::open(wanted).await.expect("it is there")).await;
}

#[tokio::test]
async fn h_35_what_is_wrong_is_an_error_at_the_start_whether_it_is_required_or_not() {
    let server = Server::builder().password("geheim").start();
    let address = format!("redis://:falsch@127.0.0.1:{}/", server.port());
    let service = |address: &str, more: &str| {
        format!(
            "[services.users]\ncache_type = \"two-level\"\nl2.connection_string = {address:?}\n{more}\n"
        )
    };
    for (text, says) in [
        (service(&address, ""), "WRONGPASS"),
        (service(&server.url(), "l2.mode = \"cluster\""), "cluster support disabled"),
        (service("redis://127.0.0.1:99999999/", ""), "the url cannot be used"),
        (service("redis://127.0.0.1/database", ""), "the url cannot be used"),
    ] {
        let config = Config::read(&text).expect("every setting is one");
        let error = Registry::open(config).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!format!("{error:?}").contains("falsch"), "{error:?}");
    }
}

#[tokio::test]
async fn s_36_a_redis_that_comes_with_another_password_is_told_and_used_when_that_is_mended() {
    let server = Server::builder().password("geheim").start();
    server.kill();
    let wrong = text(&server, "", "").replace("geheim", "falsch");
    let registry = open(&wrong).await;
    server.restart();
    until("the refusal is known", || async {
        let health = registry.health().await;
        let users = &health.services["users"];
        users.last_error.as_ref().is_some_and(|error| error.contains("WRONGPASS"))
            || users.bus_failure.as_ref().is_some_and(|error| error.contains("WRONGPASS"))
    })
    .await;
    let users = registry.cache::<u64>("users").expect("numbers");
    assert_eq!(users.get_or_fetch("a", async || 7).await, 7);
    server.cli(&["CONFIG", "SET", "requirepass", "falsch"]);
    until("Redis is found", || is_well(&registry)).await;
    users.set("b".into(), 8).await.expect("Redis");
    assert!(server.cli(&["KEYS", "*"]).contains("users:b"));
    end(registry).await;
}

#[tokio::test]
async fn a_start_without_storage_and_its_return_are_one_event_each() {
    let (server, folder) = (away(), tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("cachefn.toml");
    let text = text(&server, "audit.file = \"audit.log\"", "")
        + &format!(
            "[services.pages]\ncache_type = \"l2\"\nl2.connection_string = {:?}\n",
            server.url()
        );
    let config = Config::loader(&path).read(&text).expect("nothing is wrong");
    let registry = Registry::open(config).await.expect("it starts");
    let states = || {
        let text = std::fs::read_to_string(folder.path().join("audit.log")).expect("an audit file");
        let events = text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        let states = events.filter(|event: &serde_json::Value| event["what"] == "state");
        states
            .map(|event| {
                assert_eq!(event["service"], "pages, users");
                event["detail"].as_str().expect("a text").to_string()
            })
            .collect::<Vec<_>>()
    };
    let health = registry.service("users").and_then(|users| users.health().cloned());
    let changes = || health.as_ref().expect("it has a storage").status().changes;
    let asked = || async {
        registry.health().await; // a call is what finds out
        changes() > 8
    };
    until("it is looked for in vain again and again", asked).await;
    server.restart();
    until("Redis is found", || is_well(&registry)).await;
    until("the return is written down", || async { states().len() > 1 }).await;
    end(registry).await;
    let states = states();
    assert!(states[0].starts_with("degraded: ") && states[0].contains("refused"), "{states:?}");
    assert_eq!(states[1..], ["healthy"]);
}

#[tokio::test]
async fn s_36_the_shop_opens_before_its_redis_does() {
    let server = away();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop/cachefn.toml");
    let text = std::fs::read_to_string(&path).expect("the example's configuration");
    // Whether this crate has been built with metrics is not the question here.
    let text = text.replace("metrics = true", "health_check_interval = \"50ms\"");
    let loader = Config::loader(&path).variables([("SHOP_REDIS", server.url())]);
    let registry = Registry::open(loader.read(&text).expect("nothing is wrong")).await;
    let registry = registry.expect("it starts");
    let products = registry.cache::<String>("products").expect("texts");
    products.set("7".into(), "a pen".into()).await.expect("it waits");
    server.restart();
    until("Redis is found", || is_well(&registry)).await;
    assert!(server.cli(&["KEYS", "shop:*"]).contains("products:7"));
    end(registry).await;
}
