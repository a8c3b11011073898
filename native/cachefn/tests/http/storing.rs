//! RFC 9111, section 3: which responses are kept.

use pollster::block_on;

use crate::support::*;
use cachefn::http::Cookies;

#[test]
fn rfc9111_3_a_response_with_a_lifetime_is_kept() {
    let site = site();
    assert!(is_kept(&site, &[("cache-control", "max-age=60")]));
    assert!(is_kept(&site, &[("cache-control", "s-maxage=60")]));
    assert!(is_kept(&site, &[("expires", &site.date(60))]));
}

#[test]
fn rfc9111_3_a_response_that_says_nothing_is_not_kept() {
    let site = site();
    assert!(!is_kept(&site, &[]));
    assert!(!is_kept(&site, &[("etag", "\"1\""), ("last-modified", &site.date(-1000))]));
    assert!(!is_kept(&site, &[("cache-control", "max-age=0")]));
}

#[test]
fn rfc9111_3_no_store_is_not_kept() {
    let site = site();
    assert!(!is_kept(&site, &[("cache-control", "no-store, max-age=60")]));
    assert!(!is_kept(&site, &[("cache-control", "max-age=60, NO-STORE")]));
}

#[test]
fn rfc9111_3_private_is_not_kept() {
    assert!(!is_kept(&site(), &[("cache-control", "private, max-age=60")]));
    assert!(!is_kept(&site(), &[("cache-control", "private=\"\", max-age=60")]));
}

#[test]
fn rfc9111_3_statuses_that_are_no_whole_response_are_not_kept() {
    let site = site();
    assert!(!is_kept_as(&site, 206, &[("cache-control", "max-age=60")]));
    assert!(!is_kept_as(&site, 304, &[("cache-control", "max-age=60")]));
    let part = [("cache-control", "max-age=60"), ("content-range", "bytes 0-3/10")];
    assert!(!is_kept_as(&site, 200, &part));
}

#[test]
fn rfc9111_3_every_final_status_with_a_lifetime_is_kept() {
    for status in
        [200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 451, 500, 501, 503, 299]
    {
        let kept = is_kept_as(&site(), status, &[("cache-control", "max-age=60")]);
        assert!(kept, "{status}");
    }
}

#[test]
fn rfc9111_3_must_understand_allows_known_statuses_alone() {
    let said = [("cache-control", "must-understand, no-store, max-age=60")];
    assert!(is_kept_as(&site(), 200, &said));
    assert!(!is_kept_as(&site(), 299, &said));
}

#[test]
fn rfc9111_3_a_request_with_no_store_leaves_nothing() {
    let site = site();
    block_on(async {
        site.get_with("/", &[("cache-control", "no-store")]).await;
        assert!(!site.get("/").await.hit());
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_3_1_headers_of_a_connection_are_not_kept() {
    let site = site();
    site.origin.answers(|_| {
        let of_a_connection = [
            ("cache-control", "max-age=60"),
            ("connection", "x-hop, close"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-authenticate", "Basic"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("x-end", "stays"),
        ];
        reply(&of_a_connection, "text")
    });
    block_on(async {
        site.get("/").await;
        let got = site.get("/").await;
        assert!(got.hit());
        for gone in ["connection", "x-hop", "keep-alive", "proxy-authenticate", "te", "upgrade"] {
            assert_eq!(got.header(gone), None, "{gone}");
        }
        assert_eq!(got.header("x-end"), Some("stays"));
        assert_eq!(got.header("content-length"), Some("4"));
    });
}

#[test]
fn rfc9111_3_1_headers_that_nobody_knows_are_kept() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "max-age=60"), ("x-new", "1")], ""));
    block_on(async {
        site.get("/").await;
        assert_eq!(site.get("/").await.header("x-new"), Some("1"));
    });
}

#[test]
fn rfc9111_3_1_trailers_are_not_mixed_with_headers() {
    use http_body_util::BodyExt;
    let site = site();
    site.origin.answers(|_| {
        let mut trailers = http::HeaderMap::new();
        trailers.insert("x-sum", http::HeaderValue::from_static("1"));
        let body = http_body_util::Full::new(bytes::Bytes::from_static(b"text"));
        let body = body.with_trailers(async { Some(Ok(trailers)) });
        reply_with(
            200,
            &[("cache-control", "max-age=60")],
            body.map_err(|never| match never {}).boxed_unsync(),
        )
    });
    block_on(async {
        site.get("/").await;
        let got = site.get("/").await;
        assert!(got.hit());
        assert_eq!((got.header("x-sum"), &*got.body), (None, "text"));
    });
}

#[test]
fn rfc9111_3_3_a_body_that_breaks_off_is_passed_and_not_kept() {
    use http_body_util::{BodyExt, StreamBody};
    let site = site();
    site.origin.answers(|_| {
        let frames =
            vec![Ok(http_body::Frame::data(bytes::Bytes::from_static(b"te"))), Err("broke off")];
        let body = StreamBody::new(stream(frames));
        reply_with(200, &[("cache-control", "max-age=60")], body.boxed_unsync())
    });
    block_on(async {
        assert!(site.get("/").await.failed);
        assert!(site.get("/").await.failed);
        assert_eq!(site.origin.asked(), 2);
    });
}

#[test]
fn rfc9111_3_3_a_body_of_another_length_than_told_is_not_kept() {
    let site = site();
    assert!(!is_kept(&site, &[("cache-control", "max-age=60"), ("content-length", "9")]));
    assert!(is_kept(&site, &[("cache-control", "max-age=60"), ("content-length", "4")]));
}

#[test]
fn rfc9111_3_5_a_response_to_one_who_is_authorized_is_kept_only_if_it_says_so() {
    let site = site();
    let authorized = [("authorization", "Basic eDp5")];
    for (said, kept) in [
        ("max-age=60", false),
        ("public, max-age=60", true),
        ("s-maxage=60", true),
        ("must-revalidate, max-age=60", true),
    ] {
        site.origin.answers(move |_| reply(&[("cache-control", said)], "text"));
        block_on(async {
            site.cache.clear().await.unwrap();
            site.get_with("/", &authorized).await;
            assert_eq!(site.get("/").await.hit(), kept, "{said}");
        });
    }
}

#[test]
fn rfc9111_5_2_2_4_fields_of_no_cache_are_not_reused() {
    let site = site();
    site.origin.answers(|_| {
        reply(
            &[
                ("cache-control", "max-age=60, no-cache=\"x-user, x-other\""),
                ("x-user", "7"),
                ("x-all", "1"),
            ],
            "",
        )
    });
    block_on(async {
        assert_eq!(site.get("/").await.header("x-user"), Some("7"));
        let got = site.get("/").await;
        assert!(got.hit());
        assert_eq!((got.header("x-user"), got.header("x-all")), (None, Some("1")));
    });
}

#[test]
fn rfc9111_5_2_2_7_fields_of_private_are_not_kept() {
    let site = site();
    site.origin.answers(|_| {
        reply(&[("cache-control", "max-age=60, private=\"x-user\""), ("x-user", "7")], "")
    });
    block_on(async {
        assert_eq!(site.get("/").await.header("x-user"), Some("7"));
        let got = site.get("/").await;
        assert!(got.hit() && got.header("x-user").is_none());
    });
}

#[test]
fn rfc9111_5_2_2_9_public_is_kept_if_it_can_be_validated() {
    assert!(!is_kept(&site(), &[("cache-control", "public")]));
    let site = site();
    site.origin.answers(|asked| match asked.headers.contains_key("if-none-match") {
        true => reply_as(304, &[("cache-control", "public"), ("etag", "\"1\"")], ""),
        false => reply(&[("cache-control", "public"), ("etag", "\"1\"")], "text"),
    });
    block_on(async {
        site.get("/").await;
        let got = site.get("/").await;
        assert_eq!((got.status, &*got.body), (200, "text"));
        assert_eq!(site.origin.last().headers["if-none-match"], "\"1\"");
    });
}

#[test]
fn cookies_are_not_kept_unless_they_may_be_stripped() {
    let said = [("cache-control", "max-age=60"), ("set-cookie", "id=7")];
    assert!(!is_kept(&site(), &said));
    let site = site_with(|builder| builder.cookies(Cookies::Strip));
    assert!(is_kept(&site, &said));
    block_on(async { assert_eq!(site.get("/").await.header("set-cookie"), None) });
}

#[test]
fn what_is_too_long_passes_and_is_not_kept() {
    let site = site_with(|builder| builder.max_body(3).max_headers(100));
    assert!(!is_kept(&site, &[("cache-control", "max-age=60")]));
    block_on(async { assert_eq!(site.get("/").await.body, "text") });
    let site = site_with(|builder| builder.max_headers(100));
    let long = "x".repeat(100);
    assert!(!is_kept(&site, &[("cache-control", "max-age=60"), ("x-long", &long)]));
    assert!(is_kept(&site, &[("cache-control", "max-age=60")]));
}

#[test]
fn a_body_that_grows_beyond_the_limit_passes_whole() {
    use http_body_util::{BodyExt, StreamBody};
    let site = site_with(|builder| builder.max_body(3));
    site.origin.answers(|_| {
        let part = |text: &'static str| {
            Ok(http_body::Frame::data(bytes::Bytes::from_static(text.as_bytes())))
        };
        let body = StreamBody::new(stream(vec![part("ab"), part("cd"), part("ef")]));
        reply_with(200, &[("cache-control", "max-age=60")], body.boxed_unsync())
    });
    block_on(async {
        assert_eq!(site.get("/").await.body, "abcdef");
        let again = site.get("/").await;
        assert!(!again.hit() && again.body == "abcdef", "{again:?}");
    });
}

type Piece = Result<http_body::Frame<bytes::Bytes>, &'static str>;

/// A body of these frames.
fn stream(frames: Vec<Piece>) -> futures_util::stream::Iter<std::vec::IntoIter<Piece>> {
    futures_util::stream::iter(frames)
}
