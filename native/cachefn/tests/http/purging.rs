//! Orders to purge: who may give them, and what they remove.

use cachefn::http::HttpCache;
use pollster::block_on;

use crate::support::*;

const TOKEN: &str = "0123456789abcdef";
const BEARER: (&str, &str) = ("authorization", "Bearer 0123456789abcdef");

/// A site that takes orders, with `/a` and `/b` kept.
fn kept() -> Site {
    let site = site_with(|builder| builder.purge_token(TOKEN).purge_path("/purge"));
    site.origin.answers(|asked| {
        let tag = format!("page{}", asked.uri.path().replace('/', ":"));
        reply(&[("cache-control", "max-age=60"), ("cache-tag", &tag)], "text")
    });
    block_on(async {
        site.get("/a").await;
        site.get("/b").await;
    });
    site
}

fn hits(site: &Site) -> (bool, bool) {
    block_on(async { (site.get("/a").await.hit(), site.get("/b").await.hit()) })
}

#[test]
fn the_method_purge_removes_its_target() {
    let site = kept();
    let got = block_on(site.ask(request("PURGE", "/a", &[BEARER], "")));
    assert_eq!((got.status, &*got.body), (200, "purged\n"));
    assert_eq!((hits(&site), site.origin.asked()), ((false, true), 3));
}

#[test]
fn a_path_takes_the_same_orders() {
    for order in [
        ("purge-uri", "/a"),
        ("purge-uri", "http://example.com/a"),
        ("cache-tag", "page:a, none"),
        ("purge-pattern", "http://example.com/a*"),
    ] {
        let site = kept();
        let got = block_on(site.ask(request("POST", "/purge", &[BEARER, order], "")));
        assert_eq!((got.status, hits(&site)), (200, (false, true)), "{order:?}");
    }
    let site = kept();
    let all = [BEARER, ("purge-everything", "yes")];
    block_on(site.ask(request("POST", "/purge", &all, "")));
    assert_eq!(hits(&site), (false, false));
}

#[test]
fn an_order_without_the_token_is_refused_and_reaches_nobody() {
    let site = kept();
    block_on(async {
        for wrong in [
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcde",
            "Bearer ",
            "Basic eDp5",
            "0123456789abcdef",
        ] {
            for (method, path) in [("PURGE", "/a"), ("POST", "/purge")] {
                let got = site.ask(request(method, path, &[("authorization", wrong)], "")).await;
                assert_eq!((got.status, got.header("www-authenticate")), (401, Some("Bearer")));
            }
        }
        assert_eq!(site.ask(request("PURGE", "/a", &[], "")).await.status, 401);
        let twice = [BEARER, ("authorization", "Bearer other")];
        assert_eq!(site.ask(request("PURGE", "/a", &twice, "")).await.status, 401);
        assert_eq!(site.origin.asked(), 2);
    });
    assert_eq!(hits(&site), (true, true));
}

#[test]
fn an_order_that_names_nothing_says_what_can_be_named() {
    let site = kept();
    block_on(async {
        for order in [
            ("x", "y"),
            ("purge-uri", "ftp://example.com/a"),
            ("purge-pattern", "["),
            ("purge-everything", "no"),
            ("cache-tag", " , "),
        ] {
            let got = site.ask(request("POST", "/purge", &[BEARER, order], "")).await;
            assert_eq!(got.status, 400, "{order:?}");
            assert!(got.body.starts_with("purge: "), "{got:?}");
        }
    });
    assert_eq!(hits(&site), (true, true));
}

#[test]
fn without_a_token_purge_is_a_method_like_any_other() {
    let site = site();
    block_on(async {
        site.get("/a").await;
        assert_eq!(site.ask(request("PURGE", "/a", &[], "")).await.body, "text");
        assert_eq!(site.origin.last().method.as_str(), "PURGE");
    });
}

#[test]
fn other_methods_of_the_path_belong_to_the_service() {
    let site = kept();
    let got = block_on(site.ask(request("GET", "/purge", &[BEARER], "")));
    assert_eq!((got.body.as_str(), site.origin.asked()), ("text", 3));
}

#[test]
fn patterns_and_everything_can_be_removed_by_the_application() {
    let site = kept();
    let glob = cachefn::Glob::new("http://example.com/[a]").unwrap();
    block_on(site.cache.invalidate_by_pattern(&glob)).unwrap();
    assert_eq!(hits(&site), (false, true));
    block_on(site.cache.clear()).unwrap();
    assert_eq!(hits(&site), (false, false));
}

#[test]
fn a_pattern_means_targets_whatever_headers_chose_the_response() {
    const SECURE: [(&str, &str); 1] = [("x-forwarded-proto", "https")];
    for pattern in ["http://example.com/a", "http://example.com/[a]", "*/a", "*om/a", "http*/a*"] {
        let site = kept();
        block_on(async {
            for path in ["/a", "/b"] {
                assert!(!site.get_with(path, &SECURE).await.hit());
                assert!(site.get_with(path, &SECURE).await.hit());
            }
            let order = [BEARER, ("purge-pattern", pattern)];
            let got = site.ask(request("POST", "/purge", &order, "")).await;
            assert_eq!((got.status, &*got.body), (200, "purged\n"));
            let hits = [site.get_with("/a", &SECURE).await, site.get_with("/b", &SECURE).await];
            assert_eq!(hits.map(|got| got.hit()), [false, true], "{pattern}");
        });
        assert_eq!(hits(&site), (false, true), "{pattern}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_with_what_would() {
    let error = |set: fn(cachefn::http::HttpCacheBuilder) -> cachefn::http::HttpCacheBuilder| {
        set(HttpCache::builder("site")).build().unwrap_err().to_string()
    };
    for (said, told) in [
        (
            error(|builder| builder.purge_token("short")),
            "build: purge_token: use 16 visible ASCII characters or more, drawn at random",
        ),
        (
            error(|builder| builder.purge_path("/purge")),
            "build: purge_path needs a purge_token, or anybody could purge",
        ),
        (
            error(|builder| builder.purge_token(TOKEN).purge_path("purge")),
            "build: purge_path: \"purge\" begins with no /",
        ),
        (
            error(|builder| builder.tag_header("a b")),
            "build: tag_header: \"a b\" is no name of a header",
        ),
        (error(|builder| builder.key_header("")), "build: key_header: \"\" is no name of a header"),
        (
            error(|builder| builder.wait_at_most(std::time::Duration::from_secs(1))),
            "build: wait_at_most needs a runtime, to measure the time",
        ),
        (error(|builder| builder.max_variants(0)), "build: max_variants is 0; say 1 or more"),
        (
            error(|builder| builder.heuristic(2.0, std::time::Duration::MAX)),
            "build: heuristic: the fraction is 2; say 0 to 1",
        ),
        (
            error(|builder| builder.keep_at_most(std::time::Duration::ZERO)),
            "build: keep_at_most is 0, so that nothing is kept; leave the layer out",
        ),
        (
            error(|builder| builder.cache_status("a; hit")),
            "build: cache_status: \"a; hit\" is no name; begin with a letter, then letters, digits, - _ .",
        ),
    ] {
        assert_eq!(said, told);
    }
}

#[test]
fn tags_may_be_on_several_lines() {
    let site = kept();
    let lines = [BEARER, ("cache-tag", "page:a"), ("cache-tag", "page:b")];
    assert_eq!(block_on(site.ask(request("POST", "/purge", &lines, ""))).status, 200);
    assert_eq!(hits(&site), (false, false));
}

#[test]
fn an_order_that_names_two_things_is_not_obeyed_in_part() {
    let site = kept();
    let (tags, pattern) = (("cache-tag", "page:a"), ("purge-pattern", "http://example.com/a*"));
    let (uri, everything) = (("purge-uri", "/a"), ("purge-everything", "yes"));
    block_on(async {
        for two in [
            [tags, pattern],
            [tags, uri],
            [uri, tags],
            [tags, everything],
            [pattern, uri],
            [pattern, everything],
            [uri, everything],
            [pattern, ("purge-pattern", "http://example.com/b*")],
            [uri, ("purge-uri", "/b")],
            [everything, ("purge-everything", "no")],
        ] {
            for (method, path) in [("PURGE", "/a"), ("POST", "/purge")] {
                let got = site.ask(request(method, path, &[BEARER, two[0], two[1]], "")).await;
                let told = "purge: name one thing only: one line of purge-uri, purge-pattern or \
                            purge-everything, or lines of tags\n";
                assert_eq!((got.status, &*got.body), (400, told), "{method} {two:?}");
            }
        }
    });
    assert_eq!((hits(&site), site.origin.asked()), ((true, true), 2));
}
