//! Two instances of a site behind one real Redis.

use std::time::Duration;

use cachefn::config::Config;
use cachefn::redis::Redis;
use cachefn::registry::Registry;
use cachefn::tokio::TokioRuntime;
use cachefn::{Clock, ManualClock, SystemClock};
use cachefn_servers::Server;

use crate::support::*;

/// An instance: a connection, a memory and a bus of its own.
async fn instance(server: &Server, clock: &ManualClock) -> Site {
    let redis = Redis::connect(server.url()).await.expect("Redis");
    let runtime = TokioRuntime::current().expect("a runtime");
    let bus = redis.bus(runtime.clone()).check_every(Duration::from_millis(50));
    let site = second(clock.clone(), |builder| {
        let builder = builder.storage(redis.storage()).bus(bus).runtime(runtime);
        builder.stale_while_lost(Duration::from_secs(3_600)).purge_token(TOKEN)
    });
    site.cache.store().ready().await.expect("the bus hears");
    site
}

/// The machine's time: Redis counts the lives of records by it.
fn now() -> ManualClock {
    let clock = ManualClock::new();
    clock.advance(Duration::from_millis(SystemClock::new().wall_ms() - clock.wall_ms()));
    clock
}

/// Waits for what another instance is about to hear.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(waited.is_ok(), "waited in vain: {what}");
}

/// Waits until the other has heard all that one has told of so far: what comes late, removes what was read before it.
async fn heard(one: &Site, other: &Site) {
    one.get("/mark").await;
    assert!(other.get("/mark").await.hit());
    one.ask(request("POST", "/mark", &[], "")).await;
    until("the mark is heard", async || !other.get("/mark").await.hit()).await;
}

#[tokio::test]
async fn what_one_instance_keeps_the_other_answers_with_and_a_restarted_one_too() {
    let (server, clock) = (Server::start(), now());
    let (one, other) = (instance(&server, &clock).await, instance(&server, &clock).await);
    let said = [("cache-control", "max-age=600"), ("etag", "\"1\""), ("x-kept", "yes")];
    one.origin.answers(move |_| reply(&said, "of one"));
    one.get("/page?a=1").await;
    one.seconds(5);
    let got = other.get("/page?a=1").await;
    assert_eq!((got.hit(), &*got.body, got.header("age")), (true, "of one", Some("5")));
    assert_eq!((got.header("x-kept"), other.origin.asked()), (Some("yes"), 0));
    assert!(!other.get("/page?a=2").await.hit());

    one.cache.close().await.expect("Redis");
    drop(one);
    let again = instance(&server, &clock).await;
    let got = again.get("/page?a=1").await;
    assert_eq!((got.hit(), &*got.body, again.origin.asked()), (true, "of one", 0));
}

#[tokio::test]
async fn a_validation_at_one_instance_freshens_what_the_other_answers_with() {
    let (server, clock) = (Server::start(), now());
    let (one, other) = (instance(&server, &clock).await, instance(&server, &clock).await);
    let said = [("cache-control", "max-age=60"), ("etag", "\"1\"")];
    one.origin.answers(move |_| reply(&said, "text"));
    one.get("/").await;
    assert!(other.get("/").await.hit());
    clock.advance(Duration::from_secs(61));
    one.origin.answers(move |asked| match asked.headers.get("if-none-match") {
        Some(tag) if tag == "\"1\"" => reply_as(304, &said, ""),
        _ => reply(&[], "it was not asked about"),
    });
    assert_eq!(one.get("/").await.body, "text");
    until("the other has the fresh one", async || other.get("/").await.hit()).await;
    let got = other.get("/").await;
    assert_eq!((got.header("age"), &*got.body), (Some("0"), "text"));
}

#[tokio::test]
async fn s_35_a_purge_by_tag_or_target_at_one_instance_is_seen_at_the_other() {
    let (server, clock) = (Server::start(), now());
    let (one, other) = (instance(&server, &clock).await, instance(&server, &clock).await);
    for site in [&one, &other] {
        site.origin.answers(|asked| {
            let tag = asked.uri.path().trim_start_matches('/').to_string();
            reply(&[("cache-control", "max-age=600"), ("cache-tag", &tag)], "text")
        });
    }
    for path in ["/a", "/b", "/c", "/d"] {
        one.get(path).await;
        assert!(other.get(path).await.hit(), "{path}");
        assert!(other.get(path).await.hit(), "in its own memory, too");
    }
    one.cache.invalidate_by_tag("a").await.expect("Redis");
    let bearer = format!("Bearer {TOKEN}");
    let purge = request("PURGE", "/b", &[("authorization", &bearer)], "");
    assert_eq!(one.ask(purge).await.status, 200);
    one.ask(request("POST", "/c", &[], "")).await;
    for path in ["/a", "/b", "/c"] {
        until(path, async || !other.get(path).await.hit()).await;
    }
    assert!(other.get("/d").await.hit(), "nothing else was removed");
}

#[tokio::test]
async fn rfc5861_4_with_the_origin_and_redis_away_what_is_stale_answers_from_memory() {
    let (server, clock) = (Server::start(), now());
    let (one, other) = (instance(&server, &clock).await, instance(&server, &clock).await);
    let said = [("cache-control", "max-age=60, stale-if-error=600")];
    one.origin.answers(move |_| reply(&said, "text"));
    one.get("/").await;
    heard(&one, &other).await;
    assert!(other.get("/").await.hit());
    for site in [&one, &other] {
        site.origin.answers(|_| Err("the origin is away"));
    }
    server.kill();
    clock.advance(Duration::from_secs(61));
    for (name, site) in [("one", &one), ("other", &other)] {
        let got = site.try_ask(get("/", &[])).await.expect(name);
        assert_eq!((got.status, &*got.body), (200, "text"));
        assert!(site.try_ask(get("/other", &[])).await.is_err(), "of this nothing is known");
    }
    clock.advance(Duration::from_secs(600));
    for site in [&one, &other] {
        assert!(site.try_ask(get("/", &[])).await.is_err(), "nothing is stale for so long");
    }
    // Whatever becomes of Redis, the origin is what counts.
    one.origin.answers(move |_| reply(&said, "new"));
    assert_eq!(one.get("/").await.body, "new");
}

#[tokio::test]
async fn a_service_of_a_configuration_keeps_responses_where_its_entries_are() {
    let server = Server::start();
    let text = format!(
        "[services.pages]\ncache_type = \"two-level\"\nttl = \"1h\"\nstale_if_error = \"10m\"\n\
         l2.connection_string = {:?}\n",
        server.url()
    );
    let open = async || {
        let config = Config::read(&text).expect("nothing is wrong");
        let registry = Registry::open(config).await.expect("Redis");
        let cache = registry.http("pages").expect("it is configured").cache_status("site");
        let cache = cache.build().expect("the settings work");
        cache.store().ready().await.expect("the bus hears");
        (registry, before(cache))
    };
    let ((here, one), (there, other)) = (open().await, open().await);
    let said = [("cache-control", "max-age=600"), ("cache-tag", "list")];
    for site in [&one, &other] {
        site.origin.answers(move |_| reply(&said, "text"));
    }
    one.get("/").await;
    assert!(other.get("/").await.hit());

    // It ends with its registry, which others use, too.
    one.cache.close().await.expect("Redis");
    let values = here.cache::<u64>("pages").expect("numbers");
    values.set("a".into(), 1).await.expect("the storage is open still");
    assert!(one.get("/").await.hit());

    let service = here.service("pages").expect("it is configured");
    service.clear("ada@support").await.expect("Redis");
    until("the other instance hears", async || !other.get("/").await.hit()).await;

    // Tags are those that responses name, whoever removes by them.
    one.get("/").await;
    assert!(one.get("/").await.hit());
    service.invalidate_by_tags(["list"], "ada@support").await.expect("Redis");
    assert!(!one.get("/").await.hit());
    for registry in [here, there] {
        let ended = registry.shutdown_all(Duration::from_secs(20)).await;
        assert!(ended.is_clean(), "{ended}");
    }
    assert_eq!(one.get("/").await.body, "text", "requests pass when the registry has ended");
}

const TOKEN: &str = "0123456789abcdef";
