//! RFC 9111, section 2: which requests are alike, and what nobody can slip into the answers of others.

use pollster::block_on;

use crate::support::*;

/// A site whose origin builds its answer from a header, as careless applications do.
fn reflecting(name: &'static str) -> Site {
    let site = site();
    site.origin.answers(move |asked| {
        let said = asked.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_string();
        reply(&[("cache-control", "max-age=60")], said)
    });
    site
}

#[test]
fn rfc9111_2_another_host_path_or_query_is_another_response() {
    let site = site();
    block_on(async {
        site.get("/a?b=1").await;
        for other in ["/a", "/a?b=2", "/a?b=1&", "/A?b=1", "/a/?b=1", "/%61?b=1"] {
            assert!(!site.get(other).await.hit(), "{other}");
        }
        assert!(!site.get_with("/a?b=1", &[("host", "other.com")]).await.hit());
        assert!(site.get("/a?b=1").await.hit());
    });
}

#[test]
fn rfc9111_2_order_and_escapes_of_a_query_are_not_made_alike() {
    let site = site();
    block_on(async {
        site.get("/?a=1&b=2").await;
        assert!(!site.get("/?b=2&a=1").await.hit());
        assert!(!site.get("/?a=1&b=%32").await.hit());
    });
}

#[test]
fn rfc9111_2_the_absolute_form_is_the_same_target() {
    let site = site();
    block_on(async {
        site.get("/a").await;
        assert!(site.ask(get("http://example.com/a", &[])).await.hit());
        assert!(site.ask(get("http://EXAMPLE.com:80/a", &[])).await.hit());
        assert!(site.get_with("/a", &[("host", "Example.COM:80")]).await.hit());
        assert!(!site.get_with("/a", &[("host", "example.com:8080")]).await.hit());
        assert!(!site.ask(get("https://example.com/a", &[])).await.hit());
    });
}

#[test]
fn the_scheme_that_clients_use_is_a_part_of_the_key() {
    let site = site_with(|builder| builder.scheme("https"));
    block_on(async {
        site.get("/a").await;
        assert!(site.ask(get("https://example.com:443/a", &[])).await.hit());
        assert!(!site.ask(get("http://example.com/a", &[])).await.hit());
    });
}

#[test]
fn headers_that_say_where_a_request_wanted_to_go_poison_nobody() {
    for name in [
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-prefix",
        "x-forwarded-port",
        "x-forwarded-scheme",
        "x-forwarded-server",
        "x-host",
        "x-original-host",
        "x-original-url",
        "x-rewrite-url",
        "forwarded",
    ] {
        let site = reflecting(name);
        block_on(async {
            assert_eq!(site.get_with("/", &[(name, "evil.com")]).await.body, "evil.com");
            let got = site.get("/").await;
            assert_eq!((got.hit(), &*got.body), (false, ""), "{name}");
            // Who says the same has the same.
            assert!(site.get_with("/", &[(name, "evil.com")]).await.hit());
            assert!(site.get("/").await.hit());
        });
    }
}

#[test]
fn a_header_can_be_made_a_part_of_the_key() {
    let site = site_with(|builder| builder.key_header("X-Shop"));
    block_on(async {
        site.get_with("/", &[("x-shop", "a")]).await;
        assert!(site.get_with("/", &[("x-shop", "a")]).await.hit());
        assert!(!site.get_with("/", &[("x-shop", "b")]).await.hit());
        assert!(!site.get("/").await.hit());
    });
}

#[test]
fn a_header_can_be_left_out_of_the_key() {
    let site = site_with(|builder| builder.ignore_header("Forwarded"));
    block_on(async {
        site.get_with("/", &[("forwarded", "for=1.2.3.4")]).await;
        assert!(site.get_with("/", &[("forwarded", "for=5.6.7.8")]).await.hit());
    });
}

#[test]
fn no_header_can_look_like_another_key() {
    let site = site_with(|builder| builder.key_header("x-a").key_header("x-b"));
    block_on(async {
        site.get_with("/", &[("x-a", "1\tx-b: 2")]).await;
        assert!(!site.get_with("/", &[("x-a", "1"), ("x-b", "2")]).await.hit());
        site.get_with("/", &[("x-a", "%0a")]).await;
        assert!(!site.get_with("/", &[("x-a", "%250a")]).await.hit());
    });
}

#[test]
fn a_request_that_names_two_hosts_passes_and_leaves_nothing() {
    let site = reflecting("host");
    block_on(async {
        site.get("/").await;
        let two = site.get_with("/", &[("host", "example.com"), ("host", "evil.com")]).await;
        assert_eq!(two.why(), "fwd=bypass; detail=target");
        let apart = site.ask(get("http://example.com/other", &[("host", "evil.com")])).await;
        assert_eq!(apart.why(), "fwd=bypass; detail=target");
        assert!(!site.get("/other").await.hit());
        let user = site.get_with("/", &[("host", "evil.com@example.com")]).await;
        assert_eq!(user.why(), "fwd=bypass; detail=target");
    });
}

#[test]
fn a_request_without_a_host_passes_and_leaves_nothing() {
    let site = site();
    let bare = || http::Request::get("/").body(http_body_util::Full::default()).unwrap();
    block_on(async {
        for _ in 0..2 {
            assert_eq!(site.ask(bare()).await.why(), "fwd=bypass; detail=target");
        }
    });
}
