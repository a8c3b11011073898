//! Responses in a storage: they outlive the process, are shared, and a storage that fails fails no request.

use cachefn::file::FileStorage;
use cachefn_conformance::{Chaos, Faults, LocalBus, MapStorage};
use pollster::block_on;

use crate::support::*;

fn varied(_: &http::request::Parts) -> Reply {
    let said = [("cache-control", "max-age=60"), ("vary", "x-a"), ("cache-tag", "t"), ("x-b", "a")];
    reply(&said, "text")
}

#[test]
fn responses_outlive_the_process_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.db");
    let site = site_with(|builder| builder.storage(FileStorage::open(&path).unwrap()));
    site.origin.answers(varied);
    block_on(async {
        site.get_with("/", &[("x-a", "1")]).await;
        site.seconds(20);
        site.cache.close().await.unwrap();
    });
    let clock = site.clock.clone();
    drop(site);
    let site = second(clock, |builder| builder.storage(FileStorage::open(&path).unwrap()));
    site.origin.answers(varied);
    block_on(async {
        let got = site.get_with("/", &[("x-a", "1")]).await;
        assert_eq!((got.hit(), &*got.body, got.header("age")), (true, "text", Some("20")));
        assert_eq!(got.header("x-b"), Some("a"));
        assert!(!site.get_with("/", &[("x-a", "2")]).await.hit());
        site.cache.invalidate_by_tag("t").await.unwrap();
        assert!(!site.get_with("/", &[("x-a", "1")]).await.hit());
    });
}

#[test]
fn two_processes_share_responses_and_hear_of_what_is_invalid() {
    let bus = LocalBus::new();
    let here = site();
    let storage = MapStorage::with_clock(here.clock.clone());
    let join = || {
        let (storage, bus) = (storage.clone(), bus.connect());
        second(here.clock.clone(), move |builder| builder.storage(storage).bus(bus))
    };
    let (one, other) = (join(), join());
    block_on(async {
        one.get("/a").await;
        assert!(other.get("/a").await.hit());
        assert_eq!(other.origin.asked(), 0);
        one.ask(request("POST", "/a", &[], "")).await;
        bus.settle();
        assert!(!other.get("/a").await.hit());
        assert!(one.get("/a").await.hit());
    });
}

#[test]
fn a_storage_that_is_down_fails_no_request() {
    let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::down());
    let storage = chaos.clone();
    let site = site_with(|builder| builder.storage(storage).purge_token("0123456789abcdef"));
    block_on(async {
        for _ in 0..2 {
            assert_eq!(site.get("/").await.body, "text");
        }
        // Memory goes on alone.
        assert!(site.get("/").await.hit());
        assert_eq!(site.origin.asked(), 1);
        assert_eq!(site.ask(request("POST", "/", &[], "")).await.status, 200);
        let order = [("authorization", "Bearer 0123456789abcdef")];
        assert_eq!(site.ask(request("PURGE", "/", &order, "")).await.status, 503);
        chaos.inject(Faults::none());
        assert_eq!(site.ask(request("PURGE", "/", &order, "")).await.status, 200);
        site.get("/").await;
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn torn_records_are_misses() {
    let chaos = Chaos::new(MapStorage::new(), 11);
    let storage = chaos.clone();
    let site = site_with(|builder| builder.storage(storage));
    block_on(site.get("/"));
    chaos.inject(Faults::none().torn_reads(1.0));
    let storage = chaos.clone();
    let other = second(site.clock.clone(), move |builder| builder.storage(storage));
    block_on(async {
        for _ in 0..20 {
            assert_eq!(other.get("/").await.body, "text");
        }
    });
    assert!(other.origin.asked() > 0);
}

#[test]
fn memory_holds_no_more_bytes_than_it_may() {
    let site = site_with(|builder| builder.max_bytes(20_000).max_body(10_000));
    site.origin.answers(|_| reply(&[("cache-control", "max-age=60")], "x".repeat(4_000)));
    block_on(async {
        for page in 0..50 {
            assert_eq!(site.get(&format!("/{page}")).await.body.len(), 4_000);
            assert!(site.cache.stats().weight <= 20_000);
        }
        assert!(site.get("/49").await.hit());
    });
}

#[test]
fn nothing_is_kept_for_longer_than_allowed() {
    let hour = std::time::Duration::from_secs(3600);
    let site = site_with(|builder| builder.keep_at_most(hour));
    assert!(is_kept(&site, &[("cache-control", "max-age=1000000")]));
    site.seconds(3600);
    assert!(!block_on(site.get("/")).hit());
}
