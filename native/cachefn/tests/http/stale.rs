//! RFC 9111, section 4.2.4, and RFC 5861: when what is stale may be used.

use std::time::Duration;

use pollster::block_on;

use crate::support::*;

/// A site whose response with this `cache-control` is 15 seconds old, five too many for `max-age=10`, and
/// whose origin fails from now on.
fn failing(site: Site, said: &'static str) -> Site {
    site.origin.answers(move |_| reply(&[("cache-control", said), ("etag", "\"1\"")], "old"));
    block_on(site.get("/"));
    site.seconds(15);
    site.origin.answers(|_| reply_as(503, &[], "down"));
    site
}

#[test]
fn rfc9111_4_2_4_what_is_stale_is_not_used_unless_somebody_allows_it() {
    let site = failing(site(), "max-age=10");
    let got = block_on(site.get("/"));
    assert_eq!((got.status, &*got.body), (503, "down"));
    site.origin.answers(|_| Err("unreachable"));
    assert_eq!(block_on(site.try_ask(get("/", &[]))).unwrap_err(), "unreachable");
}

#[test]
fn rfc5861_4_a_failure_is_answered_with_what_is_stale_within_the_window() {
    for status in [500, 502, 503, 504] {
        let site = failing(site(), "max-age=10, stale-if-error=10");
        site.origin.answers(move |_| reply_as(status, &[], "down"));
        let got = block_on(site.get("/"));
        assert_eq!((got.status, &*got.body, got.header("age")), (200, "old", Some("15")));
        let why = format!("fwd=stale; fwd-status={status}; detail=stale-if-error");
        assert_eq!(got.why(), why);
    }
}

#[test]
fn rfc5861_4_a_service_that_cannot_be_asked_counts_as_a_failure() {
    let site = failing(site(), "max-age=10, stale-if-error=10");
    site.origin.answers(|_| Err("unreachable"));
    assert_eq!(block_on(site.get("/")).body, "old");
}

#[test]
fn rfc5861_4_after_the_window_the_failure_is_the_answer() {
    let site = failing(site(), "max-age=10, stale-if-error=10");
    site.seconds(4);
    assert_eq!(block_on(site.get("/")).status, 200);
    site.seconds(1);
    assert_eq!(block_on(site.get("/")).status, 503);
}

#[test]
fn rfc5861_4_other_answers_are_no_failures() {
    let site = failing(site(), "max-age=10, stale-if-error=10");
    site.origin.answers(|_| reply_as(404, &[], "gone"));
    assert_eq!(block_on(site.get("/")).status, 404);
}

#[test]
fn rfc5861_4_after_a_failure_what_is_kept_stays() {
    let site = failing(site(), "max-age=10, stale-if-error=100");
    block_on(async {
        assert_eq!(site.get("/").await.body, "old");
        assert_eq!(site.get("/").await.body, "old");
        site.origin.answers(|_| reply(&[("cache-control", "max-age=10")], "new"));
        assert_eq!(site.get("/").await.body, "new");
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_5_2_2_2_must_revalidate_forbids_what_is_stale() {
    let site = failing(
        site(),
        "max-age=10, must-revalidate, stale-if-error=100, stale-while-revalidate=100",
    );
    block_on(async {
        assert_eq!(site.get("/").await.status, 503);
        let willing = site.get_with("/", &[("cache-control", "max-stale")]).await;
        assert_eq!(willing.status, 503);
    });
}

#[test]
fn rfc9111_5_2_2_2_who_must_ask_and_cannot_answers_504() {
    let site = failing(site(), "max-age=10, must-revalidate");
    site.origin.answers(|_| Err("unreachable"));
    assert_eq!(block_on(site.get("/")).status, 504);
}

#[test]
fn rfc9111_5_2_2_8_who_must_ask_for_others_and_cannot_answers_504() {
    for said in ["max-age=10, proxy-revalidate", "s-maxage=10"] {
        let site = failing(site(), said);
        site.origin.answers(|_| Err("unreachable"));
        assert_eq!(block_on(site.get("/")).status, 504, "{said}");
    }
}

#[test]
fn rfc9111_5_2_1_4_what_is_fresh_does_not_hide_a_failure_from_who_asks_the_origin() {
    let site = site();
    block_on(async {
        site.get("/").await;
        site.origin.answers(|_| reply_as(503, &[], "down"));
        for asked in ["no-cache", "max-age=0", "min-fresh=100"] {
            site.seconds(1);
            assert_eq!(
                site.get_with("/", &[("cache-control", asked)]).await.status,
                503,
                "{asked}"
            );
        }
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_5_2_2_8_proxy_revalidate_forbids_what_is_stale() {
    let site = failing(site(), "max-age=10, proxy-revalidate, stale-if-error=100");
    assert_eq!(block_on(site.get("/")).status, 503);
}

#[test]
fn rfc9111_5_2_2_10_s_maxage_forbids_what_is_stale_unless_the_application_allows_it() {
    let said = "s-maxage=10, stale-if-error=100";
    assert_eq!(block_on(failing(site(), said).get("/")).status, 503);
    let lenient = site_with(|builder| builder.stale_beyond_s_maxage());
    assert_eq!(block_on(failing(lenient, said).get("/")).body, "old");
    // Still not for clients, and not for windows that the origin did not say.
    let lenient = site_with(|builder| {
        builder.stale_beyond_s_maxage().stale_if_error(Duration::from_secs(100))
    });
    let lenient = failing(lenient, "s-maxage=10");
    assert_eq!(block_on(lenient.get("/")).status, 503);
    assert_eq!(block_on(lenient.get_with("/", &[("cache-control", "max-stale")])).status, 503);
}

#[test]
fn rfc9111_5_2_2_4_no_cache_is_never_used_without_asking() {
    let site = site();
    site.origin.answers(|_| {
        let said = "max-age=60, no-cache, stale-if-error=100, stale-while-revalidate=100";
        reply(&[("cache-control", said), ("etag", "\"1\"")], "text")
    });
    block_on(async {
        site.get("/").await;
        assert!(!site.get("/").await.hit());
        assert_eq!(site.origin.last().headers["if-none-match"], "\"1\"");
        site.origin.answers(|_| reply_as(503, &[], "down"));
        assert_eq!(site.get("/").await.status, 503);
        assert_eq!(site.get_with("/", &[("cache-control", "max-stale")]).await.status, 503);
    });
}

#[test]
fn windows_of_the_application_count_where_the_origin_says_none() {
    let site = site_with(|builder| builder.stale_if_error(Duration::from_secs(10)));
    let site = failing(site, "max-age=10");
    assert_eq!(block_on(site.get("/")).body, "old");
    let strict = site_with(|builder| builder.stale_if_error(Duration::from_secs(10)));
    let strict = failing(strict, "max-age=10, stale-if-error=0");
    assert_eq!(block_on(strict.get("/")).status, 503);
}

#[test]
fn rfc9111_5_2_1_2_max_stale_takes_what_is_stale_by_no_more() {
    let site = failing(site(), "max-age=10");
    block_on(async {
        for (asked, hit) in [
            ("max-stale=5", true),
            ("max-stale=4", false),
            ("max-stale", true),
            ("max-stale=x", false),
        ] {
            assert_eq!(site.get_with("/", &[("cache-control", asked)]).await.hit(), hit, "{asked}");
        }
    });
}

#[test]
fn rfc9111_5_2_1_1_max_age_asks_for_something_younger() {
    let site = site();
    block_on(async {
        site.get("/").await;
        site.seconds(10);
        assert!(site.get_with("/", &[("cache-control", "max-age=10")]).await.hit());
        let got = site.get_with("/", &[("cache-control", "max-age=9")]).await;
        assert_eq!(got.why(), "fwd=request; stored");
        assert_eq!(site.get("/").await.header("age"), Some("0"));
    });
}

#[test]
fn rfc9111_5_2_1_3_min_fresh_asks_for_something_that_stays_fresh() {
    let site = site();
    block_on(async {
        site.get("/").await;
        site.seconds(20);
        assert!(site.get_with("/", &[("cache-control", "min-fresh=40")]).await.hit());
        assert!(!site.get_with("/", &[("cache-control", "min-fresh=41")]).await.hit());
    });
}

#[test]
fn rfc9111_5_2_1_4_no_cache_asks_the_origin() {
    let site = site();
    block_on(async {
        site.get("/").await;
        assert_eq!(
            site.get_with("/", &[("cache-control", "no-cache")]).await.why(),
            "fwd=request; stored"
        );
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_5_2_1_7_only_if_cached_never_asks_the_origin() {
    let site = site();
    block_on(async {
        let only = [("cache-control", "only-if-cached")];
        assert_eq!(site.get_with("/", &only).await.status, 504);
        site.get("/").await;
        assert!(site.get_with("/", &only).await.hit());
        site.seconds(60);
        assert_eq!(site.get_with("/", &only).await.status, 504);
        assert_eq!(site.origin.asked(), 1);
    });
}

#[test]
fn clients_can_be_denied_what_costs_the_origin() {
    let site = site_with(|builder| builder.ignore_client_directives());
    block_on(async {
        site.get("/").await;
        for asked in ["no-cache", "max-age=0", "min-fresh=1000"] {
            assert!(site.get_with("/", &[("cache-control", asked)]).await.hit(), "{asked}");
        }
    });
}
