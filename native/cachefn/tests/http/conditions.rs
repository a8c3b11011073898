//! RFC 9111, section 4.3.2: what a client has already is not sent again.

use pollster::block_on;

use crate::support::*;

/// A site with a response that has a tag, changed a thousand seconds before.
fn kept() -> Site {
    let site = site();
    let modified = site.date(-1_000);
    site.origin.answers(move |_| {
        let said = [
            ("cache-control", "max-age=60"),
            ("etag", "\"1\""),
            ("last-modified", &*modified),
            ("content-type", "text/plain"),
            ("x-a", "1"),
        ];
        reply(&said, "text")
    });
    block_on(site.get("/"));
    site
}

#[test]
fn rfc9111_4_3_2_a_tag_that_the_client_has_is_answered_with_304() {
    let site = kept();
    block_on(async {
        for tags in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "\"a,b\", \"1\"", "*"] {
            let got = site.get_with("/", &[("if-none-match", tags)]).await;
            assert_eq!((got.status, &*got.body, got.hit()), (304, "", true), "{tags}");
        }
        for tags in ["\"2\"", "1", "\"0\",\"2\"", ""] {
            let got = site.get_with("/", &[("if-none-match", tags)]).await;
            assert_eq!((got.status, &*got.body), (200, "text"), "{tags}");
        }
        assert_eq!(site.origin.asked(), 1);
    });
}

#[test]
fn rfc9111_4_3_2_a_304_has_the_headers_that_say_what_is_valid() {
    let site = kept();
    block_on(async {
        site.seconds(5);
        let got = site.get_with("/", &[("if-none-match", "\"1\"")]).await;
        assert_eq!(got.header("etag"), Some("\"1\""));
        assert_eq!(got.header("cache-control"), Some("max-age=60"));
        assert_eq!(got.header("age"), Some("5"));
        assert!(got.header("date").is_some() && got.header("x-a").is_some());
        assert_eq!((got.header("content-length"), got.header("content-type")), (None, None));
    });
}

#[test]
fn rfc9111_4_3_2_a_date_that_is_not_before_the_last_change_is_answered_with_304() {
    let site = kept();
    block_on(async {
        for (since, status) in [(-1_000, 304), (-999, 304), (-1_001, 200)] {
            let since = site.date(since);
            assert_eq!(site.get_with("/", &[("if-modified-since", &since)]).await.status, status);
        }
        assert_eq!(site.get_with("/", &[("if-modified-since", "yesterday")]).await.status, 200);
    });
}

#[test]
fn rfc9111_4_3_2_without_a_last_change_the_date_of_the_response_counts() {
    let site = site();
    block_on(async {
        site.get("/").await;
        let (before, then) = (site.date(-1), site.date(0));
        assert_eq!(site.get_with("/", &[("if-modified-since", &before)]).await.status, 200);
        assert_eq!(site.get_with("/", &[("if-modified-since", &then)]).await.status, 304);
    });
}

#[test]
fn rfc9111_4_3_2_where_tags_are_named_dates_do_not_count() {
    let site = kept();
    let since = site.date(0);
    let both = [("if-none-match", "\"2\""), ("if-modified-since", &*since)];
    assert_eq!(block_on(site.get_with("/", &both)).status, 200);
}

#[test]
fn rfc9111_4_3_2_conditions_for_the_origin_reach_it() {
    let site = kept();
    block_on(async {
        for condition in
            [("if-match", "\"1\""), ("if-unmodified-since", "x"), ("if-range", "\"1\"")]
        {
            let got = site.get_with("/", &[condition]).await;
            assert!(!got.hit() && got.why().starts_with("fwd=bypass"), "{got:?}");
            assert_eq!(site.origin.last().headers[condition.0], condition.1);
        }
    });
}

#[test]
fn rfc9111_4_3_2_conditions_count_for_whole_responses_alone() {
    let site = site();
    site.origin
        .answers(|_| reply_as(404, &[("cache-control", "max-age=60"), ("etag", "\"1\"")], "no"));
    block_on(async {
        site.get("/").await;
        let got = site.get_with("/", &[("if-none-match", "\"1\"")]).await;
        assert_eq!((got.status, got.hit()), (404, true));
    });
}

#[test]
fn a_first_fetch_is_of_the_whole_and_the_client_gets_304_all_the_same() {
    let site = site();
    site.origin.answers(|asked| {
        assert!(!asked.headers.contains_key("if-none-match"));
        reply(&[("cache-control", "max-age=60"), ("etag", "\"1\"")], "text")
    });
    block_on(async {
        let got = site.get_with("/", &[("if-none-match", "\"1\"")]).await;
        assert_eq!((got.status, &*got.body), (304, ""));
        let got = site.get("/").await;
        assert_eq!((got.hit(), &*got.body), (true, "text"));
    });
}

#[test]
fn what_is_not_kept_is_compared_with_what_the_client_has_too() {
    let site = site();
    site.origin.answers(|_| reply(&[("etag", "\"1\"")], "text"));
    block_on(async {
        for _ in 0..2 {
            let got = site.get_with("/", &[("if-none-match", "\"1\"")]).await;
            assert_eq!((got.status, &*got.body, got.hit()), (304, "", false));
        }
    });
}

#[test]
fn after_a_validation_the_conditions_of_the_client_are_checked() {
    let site = kept();
    site.seconds(60);
    site.origin.answers(|_| reply_as(304, &[("etag", "\"1\"")], ""));
    block_on(async {
        let got = site.get_with("/", &[("if-none-match", "\"1\"")]).await;
        assert_eq!((got.status, got.why()), (304, "fwd=stale; fwd-status=304; stored"));
        site.seconds(60);
        let got = site.get_with("/", &[("if-none-match", "\"old\"")]).await;
        assert_eq!((got.status, &*got.body), (200, "text"));
    });
}
