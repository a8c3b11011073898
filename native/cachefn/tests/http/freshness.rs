//! RFC 9111, sections 4.2 and 5: how old a response is, and for how long it is fresh.

use pollster::block_on;

use crate::support::*;

/// For how many seconds a response with these headers answers from the cache.
fn fresh_for(site: &Site, headers: &[(&str, &str)]) -> u64 {
    if !is_kept(site, headers) {
        return 0;
    }
    let mut seconds = 0;
    while block_on(site.get("/")).hit() {
        site.seconds(10);
        seconds += 10;
        assert!(seconds < 100_000, "it never ends");
    }
    seconds
}

#[test]
fn rfc9111_4_2_a_response_is_fresh_until_its_age_is_its_lifetime() {
    let site = site();
    assert!(is_kept(&site, &[("cache-control", "max-age=60")]));
    block_on(async {
        site.seconds(59);
        assert!(site.get("/").await.hit());
        site.seconds(1);
        assert!(!site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_4_2_1_s_maxage_counts_before_max_age_and_that_before_expires() {
    let site = site();
    let later = site.date(1_000);
    assert_eq!(
        fresh_for(&site, &[("cache-control", "max-age=20, s-maxage=40"), ("expires", &later)]),
        40
    );
    let later = site.date(1_000);
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=20"), ("expires", &later)]), 20);
    let later = site.date(30);
    assert_eq!(fresh_for(&site, &[("expires", &later)]), 30);
}

#[test]
fn rfc9111_4_2_1_of_lifetimes_that_differ_the_shortest_counts() {
    let site = site();
    let twice = [("cache-control", "max-age=60"), ("cache-control", "max-age=20")];
    assert_eq!(fresh_for(&site, &twice), 20);
    let (soon, late) = (site.date(10), site.date(100));
    assert_eq!(fresh_for(&site, &[("expires", &late), ("expires", &soon)]), 10);
}

#[test]
fn rfc9111_4_2_1_a_lifetime_that_cannot_be_read_is_none() {
    for said in ["max-age=", "max-age=-1", "max-age=1.5", "max-age=x", "max-age", "max-age=60s"] {
        assert_eq!(fresh_for(&site(), &[("cache-control", said)]), 0, "{said}");
    }
}

#[test]
fn rfc9111_4_2_2_nothing_is_guessed_unless_asked_for() {
    let site = site();
    assert!(!is_kept(&site, &[("last-modified", &site.date(-1_000))]));
}

#[test]
fn rfc9111_4_2_2_a_guess_is_a_part_of_the_time_since_the_last_change() {
    let most = std::time::Duration::from_secs(50);
    let site = site_with(|builder| builder.heuristic(0.1, most));
    let changed = site.date(-300);
    assert_eq!(fresh_for(&site, &[("last-modified", &changed)]), 30);
    let changed = site.date(-100_000);
    assert_eq!(fresh_for(&site, &[("last-modified", &changed)]), 50);
    // Where something is said, nothing is guessed.
    let changed = site.date(-300);
    let said = [("last-modified", &*changed), ("cache-control", "max-age=10")];
    assert_eq!(fresh_for(&site, &said), 10);
    let changed = site.date(-300);
    assert!(!is_kept_as(&site, 302, &[("last-modified", &changed)]));
}

#[test]
fn rfc9111_4_2_3_the_age_counts_what_caches_before_this_one_said() {
    let site = site();
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=60"), ("age", "40")]), 20);
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=60"), ("age", "60")]), 0);
}

#[test]
fn rfc9111_4_2_3_the_age_counts_since_the_date() {
    let site = site();
    let date = site.date(-30);
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=60"), ("date", &date)]), 30);
    // A clock that is ahead makes nothing younger.
    let date = site.date(30);
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=60"), ("date", &date)]), 60);
}

#[test]
fn rfc9111_4_2_3_the_age_counts_the_time_on_the_way() {
    let site = site();
    let clock = site.clock.clone();
    site.origin.answers(move |_| {
        clock.advance(std::time::Duration::from_secs(50));
        reply(&[("cache-control", "max-age=60"), ("age", "5")], "")
    });
    block_on(async {
        site.get("/").await;
        assert_eq!(site.get("/").await.header("age"), Some("55"));
    });
}

#[test]
fn rfc9111_5_1_an_answer_from_the_cache_tells_its_age() {
    let site = site();
    block_on(async {
        assert_eq!(site.get("/").await.header("age"), None);
        site.seconds(7);
        assert_eq!(site.get("/").await.header("age"), Some("7"));
    });
}

#[test]
fn rfc9111_5_1_an_age_that_is_no_number_does_not_count() {
    let site = site();
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=30"), ("age", "-40")]), 30);
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=30"), ("age", "old")]), 30);
    assert_eq!(fresh_for(&site, &[("cache-control", "max-age=30"), ("age", "10, 20")]), 20);
}

#[test]
fn rfc9111_5_2_directives_are_read_in_any_case_and_quoted_or_not() {
    assert_eq!(fresh_for(&site(), &[("cache-control", "Max-Age=20")]), 20);
    assert_eq!(fresh_for(&site(), &[("cache-control", "max-age=\"20\"")]), 20);
    assert_eq!(fresh_for(&site(), &[("cache-control", "a=\"x, no-store\", max-age=20")]), 20);
}

#[test]
fn rfc9111_5_2_directives_pass_as_they_are() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "max-age=60, new=\"1\"")], ""));
    block_on(async {
        site.get_with("/", &[("cache-control", "max-age=5, new=2")]).await;
        assert_eq!(site.origin.last().headers["cache-control"], "max-age=5, new=2");
        assert_eq!(site.get("/").await.header("cache-control"), Some("max-age=60, new=\"1\""));
    });
}

#[test]
fn rfc9111_5_2_3_directives_that_nobody_knows_change_nothing() {
    assert_eq!(fresh_for(&site(), &[("cache-control", "immutable, max-age=20, a, b=c")]), 20);
}

#[test]
fn rfc9111_5_2_2_1_a_number_that_is_too_long_is_just_long() {
    let site = site();
    assert!(is_kept(&site, &[("cache-control", "max-age=99999999999999999999999")]));
    site.seconds(6 * 24 * 3600);
    assert!(block_on(site.get("/")).hit());
}

#[test]
fn rfc9111_5_3_expires_counts_from_the_date() {
    let site = site();
    let (date, expires) = (site.date(-100), site.date(-60));
    // Forty seconds after it was made, which is over.
    assert_eq!(fresh_for(&site, &[("date", &date), ("expires", &expires)]), 0);
    let (date, expires) = (site.date(100), site.date(140));
    assert_eq!(fresh_for(&site, &[("date", &date), ("expires", &expires)]), 40);
}

#[test]
fn rfc9111_5_3_an_expires_that_is_no_date_has_passed() {
    let got = block_on(async {
        let site = site();
        site.origin.answers(|_| reply(&[("expires", "0")], ""));
        site.get("/").await
    });
    assert_eq!(got.why(), "fwd=uri-miss");
    for said in ["0", "-1", "tomorrow", ""] {
        assert_eq!(fresh_for(&site(), &[("expires", said)]), 0, "{said}");
    }
}

#[test]
fn rfc9111_4_2_dates_are_read_in_any_case() {
    for form in [str::to_lowercase, str::to_uppercase] {
        let site = site();
        let (date, expires) = (form(&site.date(0)), form(&site.date(40)));
        assert_eq!(fresh_for(&site, &[("date", &date), ("expires", &expires)]), 40, "{expires}");
        let said = [("cache-control", "max-age=600"), ("last-modified", &*form(&site.date(-10)))];
        assert!(is_kept(&site, &said));
        let since = form(&site.date(-10));
        let got = block_on(site.get_with("/", &[("if-modified-since", &since)]));
        assert_eq!(got.status, 304, "{since}");
    }
}

#[test]
fn rfc9111_4_2_a_date_of_another_zone_is_none() {
    for zone in ["UTC", "CET", "+0000", "", "gmtx"] {
        let site = site();
        let expires = site.date(400).replace("GMT", zone);
        assert_eq!(fresh_for(&site, &[("expires", &expires)]), 0, "{expires}");
    }
}

#[test]
fn rfc9111_5_4_pragma_asks_for_nothing() {
    let site = site();
    assert!(is_kept(&site, &[("cache-control", "max-age=60"), ("pragma", "no-cache")]));
    block_on(async { assert!(site.get_with("/", &[("pragma", "no-cache")]).await.hit()) });
}

#[test]
fn a_response_without_a_date_gets_the_time_it_came_at() {
    let site = site();
    assert!(is_kept(&site, &[("cache-control", "max-age=60")]));
    let came = site.date(0);
    site.seconds(30);
    block_on(async { assert_eq!(site.get("/").await.header("date"), Some(&*came)) });
}
