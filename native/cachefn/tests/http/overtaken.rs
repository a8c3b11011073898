//! Fetches that were under way when what they bring was removed.

use cachefn::http::HttpCacheBuilder;
use cachefn_conformance::{LocalBus, MapStorage};
use http::Request;
use http_body_util::Full;

use crate::support::*;

const BEARER: (&str, &str) = ("authorization", "Bearer 0123456789abcdef");

const PLAIN: &[(&str, &str)] = &[];
/// A header that is a part of the key.
const SECURE: &[(&str, &str)] = &[("x-forwarded-proto", "https")];

/// Answers with this text from now on, tagged with `page`.
fn answers(site: &Site, text: &'static str) {
    let said = [("cache-control", "max-age=60"), ("cache-tag", "page")];
    site.origin.answers(move |_| reply(&said, text));
}

fn order(name: &str, value: &str) -> Request<Full<bytes::Bytes>> {
    request("POST", "/purge", &[BEARER, (name, value)], "")
}

/// Two processes that share a storage, and their bus.
fn two() -> (LocalBus, Site, Site) {
    let bus = LocalBus::new();
    let [one, other] = share(|builder| builder.bus(bus.connect()));
    (bus, one, other)
}

/// Two processes that share a storage, each with more of its own.
fn share(more: impl Fn(HttpCacheBuilder) -> HttpCacheBuilder) -> [Site; 2] {
    let clock = site().clock;
    let storage = MapStorage::with_clock(clock.clone());
    [(); 2].map(|()| second(clock.clone(), |builder| more(builder.storage(storage.clone()))))
}

/// Removes `/` in one of eight ways.
async fn remove(site: &Site, way: usize) {
    // Of the same cache, but its requests do not wait with the others.
    let aside = before(site.cache.clone());
    let glob = |text| cachefn::Glob::new(text).unwrap();
    match way {
        0 => assert_eq!(aside.ask(request("POST", "/", &[], "")).await.status, 200),
        1 => assert_eq!(aside.ask(request("PURGE", "/", &[BEARER], "")).await.status, 200),
        2 => assert_eq!(aside.ask(order("cache-tag", "page")).await.status, 200),
        3 => assert_eq!(aside.ask(order("purge-everything", "yes")).await.status, 200),
        4 => site.cache.invalidate_uri("http://example.com/").await.unwrap(),
        5 => site.cache.invalidate_by_pattern(&glob("http://example.com/*")).await.unwrap(),
        6 => site.cache.invalidate_by_pattern(&glob("*.com/")).await.unwrap(),
        _ => site.cache.clear().await.unwrap(),
    }
}

#[tokio::test]
async fn rfc9111_4_4_who_asks_after_a_change_does_not_wait_for_what_was_asked_before() {
    for (way, headers) in (0..8).flat_map(|way| [(way, PLAIN), (way, SECURE)]) {
        let orders = |builder: HttpCacheBuilder| {
            builder.purge_token("0123456789abcdef").purge_path("/purge")
        };
        let site = site_with(orders);
        answers(&site, "old");
        site.origin.shut();
        let earlier = crowd(&site, 2, headers).await;
        assert_eq!(site.origin.asked(), 1);
        answers(&site, "new");
        remove(&site, way).await;
        let later = crowd(&site, 2, headers).await;
        assert_eq!(site.origin.asked(), 2, "way {way}");
        site.origin.let_through(2);
        for client in earlier {
            assert_eq!(client.await.unwrap().body, "old", "way {way}");
        }
        for client in later {
            assert_eq!(client.await.unwrap().body, "new", "way {way}");
        }
        let got = site.get_with("/", headers).await;
        assert_eq!((&*got.body, got.hit(), site.origin.asked()), ("new", true, 2), "way {way}");
    }
}

#[tokio::test]
async fn rfc9111_4_4_who_asks_after_a_change_gets_nothing_older_whatever_else_is_removed() {
    for headers in [PLAIN, SECURE] {
        let site = site();
        answers(&site, "old");
        site.origin.shut();
        let earlier = crowd(&site, 1, headers).await.remove(0);
        answers(&site, "new");
        remove(&site, 0).await;
        let later = crowd(&site, 2, headers).await;
        site.cache.invalidate_by_tag("other").await.unwrap();
        site.origin.let_through(2);
        assert_eq!(earlier.await.unwrap().body, "old");
        for client in later {
            assert_eq!(client.await.unwrap().body, "new");
        }
    }
}

#[tokio::test]
async fn s_28_a_validation_brings_nothing_back_that_another_process_has_removed_by_its_tag() {
    for valid in [true, false] {
        let [one, other] = share(|builder| builder);
        let said = [("cache-control", "max-age=60"), ("etag", "\"1\""), ("cache-tag", "page")];
        one.origin.answers(move |_| reply(&said, "old"));
        one.get("/").await;
        one.seconds(61);
        one.origin
            .answers(move |_| if valid { reply_as(304, &said, "") } else { reply(&said, "old") });
        one.origin.shut();
        let asking = crowd(&one, 1, &[]).await.remove(0);
        other.cache.invalidate_by_tag("page").await.unwrap();
        one.origin.let_through(1);
        assert_eq!(asking.await.unwrap().body, "old");
        answers(&other, "new");
        let got = other.get("/").await;
        assert_eq!((&*got.body, got.hit()), ("new", false), "{valid}");
    }
}

#[tokio::test]
async fn a_change_of_one_target_splits_no_fetch_of_another() {
    let site = site();
    site.origin.shut();
    let earlier = crowd(&site, 1, &[]).await;
    before(site.cache.clone()).ask(request("POST", "/other", &[], "")).await;
    let later = crowd(&site, 1, &[]).await;
    site.origin.let_through(1);
    for client in earlier.into_iter().chain(later) {
        assert_eq!(client.await.unwrap().body, "text");
    }
    assert_eq!(site.origin.asked(), 1);
}

#[tokio::test]
async fn what_comes_too_late_does_not_displace_what_is_newer() {
    let slow = site();
    answers(&slow, "old");
    slow.origin.shut();
    let late = crowd(&slow, 1, &[]).await.remove(0);
    slow.cache.invalidate_uri("http://example.com/").await.unwrap();
    let fast = before(slow.cache.clone());
    answers(&fast, "new");
    assert_eq!(fast.get("/").await.body, "new");
    slow.origin.let_through(1);
    let got = late.await.unwrap();
    assert_eq!((&*got.body, got.why()), ("old", "fwd=uri-miss"));
    let got = fast.get("/").await;
    assert_eq!((&*got.body, got.hit(), fast.origin.asked()), ("new", true, 1));
}

#[tokio::test]
async fn s_35_who_waits_for_what_another_process_has_made_invalid_asks_anew() {
    for meanwhile in [false, true] {
        let (bus, one, other) = two();
        answers(&one, "old");
        one.origin.shut();
        let first = crowd(&one, 1, &[]).await.remove(0);
        other.ask(request("POST", "/", &[], "")).await;
        bus.settle();
        let later = crowd(&one, 3, &[]).await;
        answers(&one, "new");
        if meanwhile {
            // A removal of its own that came after those who wait.
            one.cache.invalidate_by_tag("other").await.unwrap();
        }
        one.origin.let_through(1);
        settle().await;
        // One of those who waited asks for all of them.
        assert_eq!((&*first.await.unwrap().body, one.origin.asked()), ("old", 2), "{meanwhile}");
        one.origin.let_through(1);
        for client in later {
            assert_eq!(client.await.unwrap().body, "new");
        }
        assert_eq!(one.origin.asked(), 2);
        assert!(one.get("/").await.hit());
    }
}

#[tokio::test]
async fn s_35_what_another_process_has_removed_answers_for_no_failure() {
    let (bus, one, other) = two();
    one.origin.answers(|_| reply(&[("cache-control", "max-age=10, stale-if-error=60")], "old"));
    one.get("/").await;
    one.seconds(15);
    one.origin.answers(|_| reply_as(503, &[], "down"));
    one.origin.shut();
    let earlier = crowd(&one, 2, &[]).await;
    other.ask(request("POST", "/", &[], "")).await;
    bus.settle();
    let later = crowd(&one, 1, &[]).await;
    assert_eq!(one.origin.asked(), 2);
    one.origin.let_through(2);
    for client in earlier {
        assert_eq!(client.await.unwrap().body, "old");
    }
    for client in later {
        assert_eq!(client.await.unwrap().status, 503);
    }
}

#[tokio::test]
async fn an_answer_to_head_does_not_bring_back_what_was_removed_meanwhile() {
    let site = site();
    let said = [("cache-control", "max-age=10"), ("etag", "\"1\"")];
    site.origin.answers(move |_| reply(&said, "old"));
    site.get("/").await;
    site.seconds(10);
    site.origin.shut();
    let asking = site.clone();
    let head = tokio::spawn(async move { asking.ask(request("HEAD", "/", &[], "")).await });
    settle().await;
    assert_eq!(site.origin.asked(), 2);
    site.cache.invalidate_uri("http://example.com/").await.unwrap();
    site.origin.let_through(1);
    assert_eq!(head.await.unwrap().status, 200);
    let aside = before(site.cache.clone());
    answers(&aside, "new");
    let got = aside.get("/").await;
    assert_eq!((&*got.body, got.hit()), ("new", false));
}

#[tokio::test]
async fn who_waits_for_what_there_is_no_place_for_asks_alone_in_the_end() {
    let site = site_with(|builder| builder.max_bytes(4_000));
    site.origin.answers(|_| reply(&[("cache-control", "max-age=60")], "x".repeat(10_000)));
    site.origin.shut();
    let clients = crowd(&site, 5, &[]).await;
    assert_eq!(site.origin.asked(), 1);
    site.origin.let_through(1);
    settle().await;
    assert_eq!(site.origin.asked(), 2);
    site.origin.let_through(1);
    settle().await;
    assert_eq!(site.origin.asked(), 5);
    site.origin.let_through(3);
    // And who comes next does not wait for anybody.
    let later = crowd(&site, 3, &[]).await;
    assert_eq!(site.origin.asked(), 8);
    site.origin.let_through(3);
    for client in clients.into_iter().chain(later) {
        let got = client.await.unwrap();
        assert_eq!((got.body.len(), got.why()), (10_000, "fwd=uri-miss"));
    }
}
