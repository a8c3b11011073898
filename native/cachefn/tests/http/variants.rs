//! RFC 9111, section 4.1: `Vary`, and which of several responses answers.

use pollster::block_on;

use crate::support::*;

/// Answers with what the client says of its language.
fn by_language(site: &Site, vary: &'static str) {
    site.origin.answers(move |asked| {
        let language =
            asked.headers.get("accept-language").map_or("none", |value| value.to_str().unwrap());
        reply(&[("cache-control", "max-age=60"), ("vary", vary)], language.to_string())
    });
}

#[test]
fn rfc9111_4_1_a_response_answers_only_what_chose_it() {
    let site = site();
    by_language(&site, "Accept-Language");
    block_on(async {
        for (language, hit) in [("de", false), ("fr", false), ("de", true), ("fr", true)] {
            let got = site.get_with("/", &[("accept-language", language)]).await;
            assert_eq!((got.hit(), &*got.body), (hit, language));
        }
        let got = site.get("/").await;
        assert_eq!((got.hit(), &*got.body, got.why()), (false, "none", "fwd=vary-miss; stored"));
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_4_1_a_header_that_is_absent_matches_its_absence_alone() {
    let site = site();
    by_language(&site, "accept-language");
    block_on(async {
        site.get("/").await;
        assert!(!site.get_with("/", &[("accept-language", "")]).await.hit());
        assert!(site.get("/").await.hit());
    });
}

#[test]
fn rfc9111_4_1_blanks_and_lines_do_not_make_another_choice() {
    let site = site();
    by_language(&site, "accept-language");
    block_on(async {
        site.get_with("/", &[("accept-language", "de, en")]).await;
        assert!(site.get_with("/", &[("accept-language", "de ,en")]).await.hit());
        assert!(
            site.get_with("/", &[("accept-language", "de"), ("accept-language", "en")]).await.hit()
        );
        assert!(!site.get_with("/", &[("accept-language", "en, de")]).await.hit());
    });
}

#[test]
fn rfc9111_4_1_a_response_that_varies_by_anything_is_not_kept() {
    assert!(!is_kept(&site(), &[("cache-control", "max-age=60"), ("vary", "*")]));
    assert!(!is_kept(&site(), &[("cache-control", "max-age=60"), ("vary", "accept, *")]));
    assert!(!is_kept(&site(), &[("cache-control", "max-age=60"), ("vary", "a b")]));
}

#[test]
fn rfc9111_4_1_several_headers_choose_together() {
    let site = site();
    site.origin.answers(|asked| {
        let a = asked.headers.get("x-a").map_or("", |value| value.to_str().unwrap());
        reply(&[("cache-control", "max-age=60"), ("vary", "x-b"), ("vary", "x-a")], a.to_string())
    });
    block_on(async {
        site.get_with("/", &[("x-a", "1"), ("x-b", "2")]).await;
        assert!(site.get_with("/", &[("x-a", "1"), ("x-b", "2")]).await.hit());
        assert!(!site.get_with("/", &[("x-a", "1"), ("x-b", "3")]).await.hit());
        assert!(!site.get_with("/", &[("x-a", "2"), ("x-b", "1")]).await.hit());
    });
}

#[test]
fn rfc9111_4_1_of_several_that_match_the_newest_answers() {
    let site = site();
    let date = site.date(-50);
    site.origin.answers(move |asked| {
        let said = [("cache-control", "max-age=600"), ("vary", "x-a")];
        match asked.headers.contains_key("x-old") {
            true => reply(&[said[0], ("vary", "x-a, x-c"), ("date", &date)], "old"),
            false => reply(&said, "new"),
        }
    });
    block_on(async {
        // Both were chosen by the x-a that the last request has.
        site.get_with("/", &[("x-a", "1"), ("x-old", "1"), ("x-c", "2")]).await;
        site.get_with("/", &[("x-a", "1")]).await;
        assert_eq!(site.get_with("/", &[("x-a", "1"), ("x-c", "2")]).await.body, "new");
    });
}

#[test]
fn rfc9111_4_1_a_response_that_forgets_vary_does_not_hide_those_that_say_it() {
    let site = site();
    site.origin.answers(|asked| match asked.headers.get("accept-language") {
        Some(_) => reply(&[("cache-control", "max-age=60"), ("vary", "accept-language")], "de"),
        None => reply(&[("cache-control", "max-age=60")], "default"),
    });
    block_on(async {
        site.get_with("/", &[("accept-language", "de")]).await;
        site.seconds(1);
        site.get("/").await;
        assert_eq!(site.get_with("/", &[("accept-language", "de")]).await.body, "de");
        assert_eq!(site.get("/").await.body, "default");
    });
}

#[test]
fn only_so_many_variants_are_kept_and_the_oldest_leaves() {
    let site = site_with(|builder| builder.max_variants(2));
    by_language(&site, "accept-language");
    block_on(async {
        for language in ["a", "b", "c"] {
            site.get_with("/", &[("accept-language", language)]).await;
        }
        assert!(site.get_with("/", &[("accept-language", "b")]).await.hit());
        assert!(site.get_with("/", &[("accept-language", "c")]).await.hit());
        assert!(!site.get_with("/", &[("accept-language", "a")]).await.hit());
        assert_eq!(site.cache.stats().size, 3, "a list and two responses");
    });
}
