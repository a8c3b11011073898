//! Services over a real Redis.

use cachefn::ErrorKind;
use cachefn::config::Config;
use cachefn::registry::Registry;
use cachefn_servers::Server;

use crate::support::{end, open, until};

fn text(server: &Server, more: &str) -> String {
    format!(
        "[global]\ndefault_ttl = \"1h\"\nhealth_check_interval = \"50ms\"\n\n[services.users]\n\
         cache_type = \"two-level\"\nl2.connection_string = {:?}\nl2.open_after = 1\n{more}\n",
        server.url()
    )
}

#[tokio::test]
async fn s_35_two_processes_hear_of_each_other() {
    let server = Server::start();
    for more in
        ["", "two_level.invalidation = \"tracking\"", "two_level.invalidation_channel = \"own\""]
    {
        let text = text(&server, &format!("l2.prefix = \"p{}\"\n{more}", more.len()));
        let (one, other) = (open(&text).await, open(&text).await);
        let cache = |registry: &Registry| registry.cache::<u64>("users").expect("numbers");
        let (here, there) = (cache(&one), cache(&other));
        here.set("a".into(), 1).await.expect("Redis");
        assert_eq!(there.get("a").await.expect("Redis"), Some(1));
        here.set("a".into(), 2).await.expect("Redis");
        until("the other process hears", || async { there.get("a").await == Ok(Some(2)) }).await;
        end(one).await;
        end(other).await;
    }
}

#[tokio::test]
async fn s_36_while_redis_is_away_writes_wait_and_health_tells() {
    let server = Server::start();
    // Without a bus: one that has just connected knows no tokens yet that a write could begin with.
    let registry = open(&text(&server, "two_level.invalidation = \"none\"")).await;
    let users = registry.cache::<u64>("users").expect("numbers");
    users.set("a".into(), 1).await.expect("Redis");
    assert_eq!(registry.health().await.state, "healthy");

    server.cli(&["SAVE"]);
    server.kill();
    users.set("b".into(), 2).await.expect("it waits");
    let health = registry.health().await;
    assert_eq!((health.state, health.services["users"].state), ("degraded", "degraded"));
    assert!(health.services["users"].pending.expect("a storage").entries > 0);
    let json = serde_json::to_value(&health).expect("JSON");
    assert!(json["services"]["users"]["last_error"].is_string(), "{json}");

    server.restart();
    until("Redis is found again", || async { registry.health().await.state == "healthy" }).await;
    until("what waited has gone", || async {
        registry
            .service("users")
            .and_then(|users| users.pending())
            .is_some_and(|pending| pending.entries == 0)
    })
    .await;
    end(registry).await;
}

#[tokio::test]
async fn fifty_services_share_one_connection() {
    let server = Server::start();
    let mut text = String::new();
    for number in 0..50 {
        text += &format!(
            "[services.s{number}]\ncache_type = \"two-level\"\nl2.connection_string = {:?}\n\
             two_level.invalidation = \"none\"\n",
            server.url()
        );
    }
    let registry = open(&text).await;
    assert_eq!(registry.services().count(), 50);
    let clients = server.cli(&["CLIENT", "LIST", "TYPE", "normal"]);
    // Ours, and the one that asks.
    assert_eq!(clients.lines().filter(|line| line.starts_with("id=")).count(), 2, "{clients}");
    end(registry).await;
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_for_each_service_without_its_password() {
    let server = Server::start();
    let address = server.url().replace("redis://", "redis://app:geheim@");
    server.kill();
    let service = |name: &str| {
        format!(
            "[services.{name}]\ncache_type = \"two-level\"\nl2.connection_string = {address:?}\n"
        )
    };
    let text = "[global]\nrequire_storage = true\n".to_string();
    let config = Config::read(&(text + &service("users") + &service("pages")));
    let config = config.expect("nothing is wrong");
    let error = Registry::open(config).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("users: connect") && text.contains("pages: connect"), "{text}");
    assert!(!text.contains("geheim"), "{text}");
    assert!(error.is_retryable() && error.kind() != ErrorKind::Config);
}

#[tokio::test]
async fn memory_keeps_what_the_service_says_of_its_storage() {
    let server = Server::start();
    let [quick, plain, outside] =
        ["l1.ttl = \"1ms\"", "two_level.promote_on_hit = false", "cache_type = \"l2\""];
    let service = |name: &str, more: &str| {
        let kind = if more == outside { "" } else { "cache_type = \"two-level\"\n" };
        let address = server.url();
        format!(
            "[services.{name}]\n{kind}ttl = \"1h\"\nl2.connection_string = {address:?}\n{more}\n"
        )
    };
    let text = service("quick", quick) + &service("plain", plain) + &service("outside", outside);
    let other = open(&text).await;
    let registry = open(&text).await;
    let cache = |registry: &Registry, name: &str| registry.cache::<u64>(name).expect("numbers");
    for name in ["quick", "plain", "outside"] {
        cache(&other, name).set("a".into(), 1).await.expect("Redis");
        let cache = cache(&registry, name);
        until("the storage is asked twice", || async {
            assert_eq!(cache.get("a").await, Ok(Some(1)));
            cache.stats().storage_hits >= 2
        })
        .await;
    }
    assert_eq!(cache(&registry, "plain").len() + cache(&registry, "outside").len(), 0);
    let outside = cache(&registry, "outside");
    outside.set("b".into(), 2).await.expect("Redis");
    assert_eq!(outside.get_or_fetch("c", async || 3).await, 3);
    assert_eq!((outside.len(), outside.get("c").await), (0, Ok(Some(3))), "memory keeps nothing");
    end(registry).await;
    end(other).await;
}
