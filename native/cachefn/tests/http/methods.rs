//! RFC 9111, sections 3, 3.3 and 4: methods, parts, and bodies of requests.

use pollster::block_on;

use crate::support::*;

#[test]
fn rfc9111_3_only_answers_to_get_are_kept() {
    for method in ["HEAD", "POST", "PUT", "OPTIONS", "TRACE", "UNKNOWN"] {
        let site = site();
        block_on(async {
            site.ask(request(method, "/", &[], "")).await;
            assert!(!site.get("/").await.hit(), "{method}");
        });
    }
}

#[test]
fn rfc9111_4_head_is_answered_by_what_get_left() {
    let site = site();
    block_on(async {
        site.get("/").await;
        let got = site.ask(request("HEAD", "/", &[], "")).await;
        assert_eq!((got.status, &*got.body, got.hit()), (200, "", true));
        assert_eq!(got.header("content-length"), Some("4"));
        assert_eq!(site.origin.asked(), 1);
    });
}

#[test]
fn rfc9111_4_no_other_method_is_answered_from_the_cache() {
    let site = site();
    block_on(async {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"] {
            site.get("/").await;
            let got = site.ask(request(method, "/", &[], "")).await;
            assert!(!got.hit(), "{method}");
            assert_eq!(site.origin.last().method.as_str(), method);
        }
    });
}

#[test]
fn rfc9111_4_3_5_head_passes_as_head_where_nothing_is_kept() {
    let site = site();
    block_on(async {
        let got = site.ask(request("HEAD", "/", &[("if-none-match", "\"1\"")], "")).await;
        assert_eq!(got.why(), "fwd=uri-miss");
        let asked = site.origin.last();
        assert_eq!(
            (asked.method.as_str(), &asked.headers["if-none-match"]),
            ("HEAD", &"\"1\"".parse().unwrap())
        );
    });
}

#[test]
fn rfc9111_3_3_requests_for_parts_pass_and_leave_nothing() {
    let site = site();
    site.origin.answers(|asked| match asked.headers.contains_key("range") {
        true => reply_as(
            206,
            &[("cache-control", "max-age=60"), ("content-range", "bytes 0-1/4")],
            "te",
        ),
        false => reply(&[("cache-control", "max-age=60")], "text"),
    });
    block_on(async {
        let part = [("range", "bytes=0-1")];
        assert_eq!(site.get_with("/", &part).await.body, "te");
        assert_eq!(site.get("/").await.body, "text");
        let got = site.get_with("/", &part).await;
        assert_eq!((got.status, &*got.body, got.hit()), (206, "te", false));
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn a_get_with_a_body_passes_and_leaves_nothing() {
    let site = site();
    block_on(async {
        for _ in 0..2 {
            let got = site.ask(request("GET", "/", &[], "a question")).await;
            assert_eq!(got.why(), "fwd=bypass; detail=request-body");
        }
        let told = site.get_with("/", &[("content-length", "3")]).await;
        assert_eq!(told.why(), "fwd=bypass; detail=request-body");
        let chunked = site.get_with("/", &[("transfer-encoding", "chunked")]).await;
        assert_eq!(chunked.why(), "fwd=bypass; detail=request-body");
        assert!(!site.get("/").await.hit());
    });
}

#[test]
fn a_get_that_means_another_method_passes_and_leaves_nothing() {
    let site = site();
    block_on(async {
        for name in ["x-http-method-override", "x-method-override", "x-http-method"] {
            site.cache.clear().await.unwrap();
            let got = site.get_with("/", &[(name, "DELETE")]).await;
            assert_eq!(got.why(), "fwd=bypass; detail=method-override");
            assert!(!site.get("/").await.hit());
        }
    });
}

#[test]
fn a_connection_that_becomes_another_protocol_passes() {
    let site = site();
    block_on(async {
        site.get("/").await;
        let got = site.get_with("/", &[("connection", "upgrade"), ("upgrade", "websocket")]).await;
        assert_eq!(got.why(), "fwd=bypass; detail=upgrade");
    });
}

/// A site whose response with this `cache-control` is five seconds too old, and what HEAD gets of it.
fn head_of(said: &'static str, now: fn() -> Reply) -> Result<Got, &'static str> {
    let site = site();
    site.origin.answers(move |_| reply(&[("cache-control", said), ("etag", "\"1\"")], "old"));
    block_on(async {
        site.get("/").await;
        site.seconds(15);
        site.origin.answers(move |_| now());
        let got = site.try_ask(request("HEAD", "/", &[], "")).await;
        site.origin.answers(|_| reply_as(304, &[], ""));
        assert_eq!(site.get("/").await.body, "old", "a failure leaves what is kept");
        got
    })
}

#[test]
fn rfc5861_4_head_is_answered_with_what_is_stale_too() {
    let window = "max-age=10, stale-if-error=10";
    let got = head_of(window, || reply_as(503, &[], "")).unwrap();
    assert_eq!((got.status, &*got.body, got.header("age")), (200, "", Some("15")));
    assert_eq!(got.header("content-length"), Some("3"));
    assert_eq!(got.why(), "fwd=stale; fwd-status=503; detail=stale-if-error");
    let got = head_of(window, || Err("unreachable")).unwrap();
    assert_eq!((got.status, got.why()), (200, "fwd=stale; detail=stale-if-error"));
    let closed = "max-age=10, stale-if-error=5";
    assert_eq!(head_of(closed, || reply_as(503, &[], "")).unwrap().status, 503);
    assert_eq!(head_of(closed, || Err("unreachable")).unwrap_err(), "unreachable");
    assert_eq!(head_of(window, || reply_as(404, &[], "")).unwrap().status, 404);
}

#[test]
fn rfc9111_5_2_2_2_head_that_must_ask_and_cannot_is_answered_504() {
    for said in ["max-age=10, must-revalidate", "max-age=10, proxy-revalidate", "s-maxage=10"] {
        assert_eq!(head_of(said, || Err("unreachable")).unwrap().status, 504, "{said}");
        assert_eq!(head_of(said, || reply_as(503, &[], "")).unwrap().status, 503, "{said}");
    }
}
