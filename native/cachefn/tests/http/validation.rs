//! RFC 9111, section 4.3: asking whether what is kept is valid still, and what the answer changes.

use pollster::block_on;

use crate::support::*;

/// A site with a response that has both validators, and is stale.
fn stale(site: Site) -> Site {
    let modified = site.date(-1_000);
    site.origin.answers(move |_| {
        let said = [
            ("cache-control", "max-age=10"),
            ("etag", "\"1\""),
            ("last-modified", &*modified),
            ("x-a", "1"),
        ];
        reply(&said, "text")
    });
    block_on(site.get("/"));
    site.seconds(20);
    site
}

#[test]
fn rfc9111_4_3_1_both_validators_are_sent() {
    let site = stale(site());
    let modified = site.date(-1_020);
    block_on(site.get("/"));
    let asked = site.origin.last().headers;
    assert_eq!(asked["if-none-match"], "\"1\"");
    assert_eq!(asked["if-modified-since"], *modified);
}

#[test]
fn rfc9111_4_3_1_conditions_of_a_client_do_not_reach_the_origin_in_their_place() {
    let site = stale(site());
    block_on(async {
        site.get_with("/", &[("if-none-match", "\"theirs\"")]).await;
        assert_eq!(site.origin.last().headers["if-none-match"], "\"1\"");
        site.get_with("/other", &[("if-none-match", "\"theirs\"")]).await;
        assert!(!site.origin.last().headers.contains_key("if-none-match"));
    });
}

#[test]
fn rfc9111_4_3_3_a_304_makes_what_is_kept_fresh() {
    let site = stale(site());
    site.origin
        .answers(|_| reply_as(304, &[("cache-control", "max-age=30"), ("etag", "\"1\"")], ""));
    block_on(async {
        let got = site.get("/").await;
        assert_eq!((got.status, &*got.body, got.header("age")), (200, "text", Some("0")));
        assert_eq!(got.why(), "fwd=stale; fwd-status=304; stored");
        site.seconds(29);
        let got = site.get("/").await;
        assert!(got.hit() && got.body == "text", "{got:?}");
        site.seconds(1);
        assert!(!site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_4_3_3_a_whole_response_replaces_what_is_kept() {
    let site = stale(site());
    site.origin.answers(|_| reply(&[("cache-control", "max-age=10"), ("etag", "\"2\"")], "new"));
    block_on(async {
        assert_eq!(site.get("/").await.body, "new");
        let got = site.get("/").await;
        assert_eq!((got.hit(), &*got.body, got.header("etag")), (true, "new", Some("\"2\"")));
        assert_eq!(site.cache.stats().size, 2, "the old one is gone");
    });
}

#[test]
fn rfc9111_4_3_3_a_failure_passes_and_leaves_what_is_kept() {
    let site = stale(site());
    site.origin.answers(|_| reply_as(500, &[], "down"));
    block_on(async {
        assert_eq!(site.get("/").await.status, 500);
        site.origin.answers(|_| reply_as(304, &[], ""));
        assert_eq!(site.get("/").await.body, "text");
    });
}

#[test]
fn rfc9111_4_3_4_a_304_for_another_validator_is_not_used() {
    let site = stale(site());
    site.origin.answers(|asked| match asked.headers.contains_key("if-none-match") {
        true => reply_as(304, &[("etag", "\"other\"")], ""),
        false => reply(&[("cache-control", "max-age=10")], "whole"),
    });
    block_on(async { assert_eq!(site.get("/").await.body, "whole") });
}

#[test]
fn rfc9111_4_3_4_a_304_with_a_tag_does_not_speak_of_what_has_none() {
    let site = site();
    let modified = site.date(-1_000);
    site.origin.answers(move |_| {
        reply(&[("cache-control", "max-age=10"), ("last-modified", &*modified)], "text")
    });
    block_on(site.get("/"));
    site.seconds(10);
    site.origin.answers(|asked| match asked.headers.contains_key("if-modified-since") {
        true => reply_as(304, &[("etag", "\"1\"")], ""),
        false => reply(&[("cache-control", "max-age=10")], "whole"),
    });
    block_on(async { assert_eq!(site.get("/").await.body, "whole") });
}

#[test]
fn rfc9111_4_3_4_a_weak_validator_suffices() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "max-age=10"), ("etag", "W/\"1\"")], "text"));
    block_on(async {
        site.get("/").await;
        site.seconds(10);
        site.origin.answers(|_| reply_as(304, &[("etag", "W/\"1\"")], ""));
        assert_eq!(site.get("/").await.body, "text");
        assert_eq!(site.origin.last().headers["if-none-match"], "W/\"1\"");
    });
}

#[test]
fn rfc9111_3_2_headers_of_a_304_replace_those_that_are_kept() {
    let site = stale(site());
    site.origin.answers(|_| {
        reply_as(304, &[("x-a", "2"), ("x-a", "3"), ("x-new", "1"), ("etag", "\"1\"")], "")
    });
    block_on(async {
        site.get("/").await;
        let got = site.get("/").await;
        assert!(got.hit());
        let all: Vec<_> = got.headers.get_all("x-a").iter().map(|line| line.as_bytes()).collect();
        assert_eq!((all, got.header("x-new")), (vec![&b"2"[..], b"3"], Some("1")));
        assert_eq!(got.header("cache-control"), Some("max-age=10"));
    });
}

#[test]
fn rfc9111_3_2_headers_of_the_body_and_of_the_connection_stay() {
    let site = stale(site());
    site.origin.answers(|_| {
        let said = [
            ("content-length", "0"),
            ("content-type", "text/other"),
            ("content-encoding", "gzip"),
            ("content-range", "bytes 0-1/2"),
            ("connection", "x-hop"),
            ("x-hop", "1"),
        ];
        reply_as(304, &said, "")
    });
    block_on(async {
        site.get("/").await;
        let got = site.get("/").await;
        assert_eq!((got.header("content-length"), &*got.body), (Some("4"), "text"));
        for absent in ["content-type", "content-encoding", "content-range", "connection", "x-hop"] {
            assert_eq!(got.header(absent), None, "{absent}");
        }
    });
}

#[test]
fn what_becomes_private_by_a_304_is_kept_no_longer() {
    let site = stale(site());
    site.origin.answers(|_| reply_as(304, &[("cache-control", "private, max-age=60")], ""));
    block_on(async {
        assert_eq!(site.get("/").await.body, "text");
        site.origin.answers(|_| reply(&[], "asked again"));
        assert_eq!(site.get("/").await.body, "asked again");
        assert!(!site.origin.last().headers.contains_key("if-none-match"));
    });
}

#[test]
fn cookies_of_a_304_come_to_the_client_that_asked_and_to_nobody_else() {
    let site = site_with(|builder| builder.cookies(cachefn::http::Cookies::Strip));
    let site = stale(site);
    site.origin.answers(|_| reply_as(304, &[("set-cookie", "id=7")], ""));
    block_on(async {
        assert_eq!(site.get("/").await.header("set-cookie"), Some("id=7"));
        let got = site.get("/").await;
        assert!(got.hit() && got.header("set-cookie").is_none(), "{got:?}");
    });
}

#[test]
fn rfc9111_4_3_5_an_answer_to_head_freshens_what_is_kept() {
    let site = stale(site());
    let modified = site.date(-1_020);
    site.origin.answers(move |_| {
        let said = [
            ("cache-control", "max-age=30"),
            ("etag", "\"1\""),
            ("last-modified", &*modified),
            ("content-length", "4"),
        ];
        reply(&said, "")
    });
    block_on(async {
        site.ask(request("HEAD", "/", &[], "")).await;
        let got = site.get("/").await;
        assert_eq!((got.hit(), &*got.body), (true, "text"));
    });
}

#[test]
fn rfc9111_4_3_5_an_answer_to_head_that_speaks_of_another_removes_what_is_kept() {
    for said in [("etag", "\"2\""), ("content-length", "5")] {
        let site = stale(site());
        site.origin.answers(move |_| reply(&[("cache-control", "max-age=30"), said], ""));
        block_on(async {
            site.ask(request("HEAD", "/", &[], "")).await;
            site.get("/").await;
            assert!(!site.origin.last().headers.contains_key("if-none-match"), "{said:?}");
        });
    }
}

#[test]
fn rfc9111_4_3_5_an_answer_to_head_without_a_validator_freshens_nothing() {
    for lengths in [&[][..], &[("content-length", "4")]] {
        let site = site();
        let said = [&[("cache-control", "max-age=10")], lengths].concat();
        site.origin.answers(move |asked| match asked.method.as_str() {
            "HEAD" => reply(&said, ""),
            _ => reply(&said, "text"),
        });
        block_on(async {
            site.get("/").await;
            site.seconds(5);
            site.ask(request("HEAD", "/", &[("cache-control", "no-cache")], "")).await;
            assert_eq!((site.get("/").await.hit(), site.origin.asked()), (false, 3));
        });
    }
}

#[test]
fn an_answer_to_head_with_more_tags_than_are_kept_removes_what_is_kept() {
    let site = stale(site());
    let modified = site.date(-1_020);
    let tags: Vec<String> = (0..65).map(|number| format!("t{number}")).collect();
    let tags = tags.join(",");
    site.origin.answers(move |_| {
        let said = [
            ("cache-control", "max-age=30"),
            ("etag", "\"1\""),
            ("last-modified", &*modified),
            ("cache-tag", &*tags),
        ];
        reply(&said, "")
    });
    block_on(async {
        site.ask(request("HEAD", "/", &[], "")).await;
        assert!(!site.get("/").await.hit());
        assert!(!site.origin.last().headers.contains_key("if-none-match"));
    });
}
