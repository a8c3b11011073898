//! RFC 9111, section 4.4: what changes a target makes what is kept of it invalid.

use pollster::block_on;

use crate::support::*;

/// Keeps `/a` and `/b`, sends a request to `/a` that is answered so, and tells which of them are kept still.
fn after(
    method: &str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
) -> (bool, bool) {
    let site = site();
    block_on(async {
        site.get("/a").await;
        site.get("/b").await;
        site.origin.answers(move |asked| match asked.method.as_str() {
            "GET" => reply(&[("cache-control", "max-age=60")], "text"),
            _ => reply_as(status, headers, ""),
        });
        site.ask(request(method, "/a", &[], "")).await;
        (site.get("/a").await.hit(), site.get("/b").await.hit())
    })
}

#[test]
fn rfc9111_4_4_a_change_of_a_target_invalidates_it() {
    for method in ["POST", "PUT", "DELETE", "PATCH", "UNKNOWN"] {
        assert_eq!(after(method, 200, &[]), (false, true), "{method}");
    }
    assert_eq!(after("POST", 303, &[]), (false, true));
}

#[test]
fn rfc9111_4_4_a_failure_invalidates_nothing() {
    for status in [400, 404, 405, 500] {
        assert_eq!(after("POST", status, &[("location", "/b")]), (true, true), "{status}");
    }
}

#[test]
fn rfc9111_4_4_what_is_safe_invalidates_nothing() {
    for method in ["OPTIONS", "TRACE"] {
        assert_eq!(after(method, 200, &[]), (true, true), "{method}");
    }
}

#[test]
fn rfc9111_4_4_targets_that_the_answer_names_are_invalidated() {
    for reference in
        ["/b", "b", "./b", "x/../b", "/b#part", "http://example.com/b", "//EXAMPLE.com:80/b"]
    {
        for name in ["location", "content-location"] {
            let headers: &'static [(&'static str, &'static str)] =
                Box::leak(Box::new([(name, reference)]));
            assert_eq!(after("POST", 201, headers), (false, false), "{name}: {reference}");
        }
    }
}

#[test]
fn rfc9111_4_4_targets_of_another_origin_are_not_invalidated() {
    let site = site();
    block_on(async {
        site.get_with("/b", &[("host", "other.com")]).await;
        site.origin.answers(|asked| match asked.method.as_str() {
            "GET" => reply(&[("cache-control", "max-age=60")], "text"),
            _ => reply_as(201, &[("location", "http://other.com/b")], ""),
        });
        site.ask(request("POST", "/a", &[], "")).await;
        assert!(site.get_with("/b", &[("host", "other.com")]).await.hit());
    });
    for reference in [
        "https://example.com/b",
        "http://example.com:8080/b",
        "ftp://example.com/b",
        "http://[",
        "",
    ] {
        let headers: &'static [(&'static str, &'static str)] =
            Box::leak(Box::new([("location", reference)]));
        assert_eq!(after("POST", 201, headers), (false, true), "{reference}");
    }
}

#[test]
fn rfc9111_4_4_all_variants_of_a_target_are_invalidated() {
    let site = site();
    site.origin
        .answers(|_| reply(&[("cache-control", "max-age=60"), ("vary", "accept-language")], ""));
    block_on(async {
        for language in ["de", "fr"] {
            site.get_with("/", &[("accept-language", language)]).await;
        }
        site.get_with("/", &[("x-forwarded-host", "a.com")]).await;
        site.ask(request("POST", "/", &[], "")).await;
        for language in ["de", "fr"] {
            assert!(!site.get_with("/", &[("accept-language", language)]).await.hit());
        }
        assert!(!site.get_with("/", &[("x-forwarded-host", "a.com")]).await.hit());
    });
}

#[test]
fn tags_of_responses_invalidate_them_and_no_client_sees_them() {
    let site = site();
    site.origin.answers(|asked| {
        let tags = if asked.uri.path() == "/a" { "product:7, list" } else { "list product:8" };
        reply(&[("cache-control", "max-age=60"), ("cache-tag", tags)], "")
    });
    block_on(async {
        for path in ["/a", "/b"] {
            assert_eq!(site.get(path).await.header("cache-tag"), None);
            assert_eq!(site.get(path).await.header("cache-tag"), None);
        }
        site.cache.invalidate_by_tag("product:7").await.unwrap();
        let (a, b) = (site.get("/a").await, site.get("/b").await);
        assert_eq!((a.why(), b.hit()), ("fwd=uri-miss; stored", true));
        site.cache.invalidate_by_tag("list").await.unwrap();
        assert_eq!((site.get("/a").await.hit(), site.get("/b").await.hit()), (false, false));
        // A tag that looks like a target is none.
        site.cache.invalidate_by_tag("uri:http://example.com/a").await.unwrap();
        assert!(site.get("/a").await.hit());
    });
}

#[test]
fn what_was_removed_is_no_other_choice_to_the_status() {
    let site = site();
    site.origin.answers(|asked| {
        let language = asked.headers["accept-language"].to_str().unwrap().to_string();
        let headers = [
            ("cache-control", "max-age=60"),
            ("vary", "accept-language"),
            ("cache-tag", &language),
        ];
        reply(&headers, language.clone())
    });
    block_on(async {
        let ask = async |language| site.get_with("/", &[("accept-language", language)]).await;
        assert_eq!(ask("de").await.why(), "fwd=uri-miss; stored");
        site.cache.invalidate_by_tag("de").await.unwrap();
        assert_eq!(ask("de").await.why(), "fwd=uri-miss; stored");
        assert_eq!(ask("en").await.why(), "fwd=vary-miss; stored");
        site.cache.invalidate_by_tag("en").await.unwrap();
        assert_eq!(ask("en").await.why(), "fwd=miss; stored", "that in German is there");
        assert!(ask("de").await.hit());
    });
}

#[test]
fn tags_are_taken_from_what_is_not_kept_and_from_304_too() {
    let site = site_with(|builder| builder.tag_header("X-Tags"));
    site.origin.answers(|asked| match asked.headers.contains_key("if-none-match") {
        true => reply_as(304, &[("x-tags", "new")], ""),
        false => {
            reply(&[("cache-control", "max-age=10"), ("etag", "\"1\""), ("x-tags", "old")], "")
        }
    });
    block_on(async {
        site.get("/").await;
        site.seconds(10);
        assert_eq!(site.get("/").await.header("x-tags"), None);
        // It may be removed by the tags of before, too, until it is fetched once more.
        site.seconds(10);
        site.get("/").await;
        site.cache.invalidate_by_tag("old").await.unwrap();
        assert!(site.get("/").await.hit());
        site.cache.invalidate_by_tag("new").await.unwrap();
        assert!(!site.get("/").await.hit());
        let passed = site.get_with("/", &[("range", "bytes=0-1")]).await;
        assert_eq!((passed.header("x-tags"), passed.hit()), (None, false));
        assert_eq!(site.ask(request("POST", "/", &[], "")).await.header("x-tags"), None);
    });
}

#[test]
fn more_tags_than_are_kept_keep_the_response_out() {
    let many: Vec<String> = (0..65).map(|number| format!("t{number}")).collect();
    assert!(!is_kept(&site(), &[("cache-control", "max-age=60"), ("cache-tag", &many.join(","))]));
    assert!(is_kept(
        &site(),
        &[("cache-control", "max-age=60"), ("cache-tag", &many[1..].join(","))]
    ));
    let long = "x".repeat(300);
    assert!(!is_kept(&site(), &[("cache-control", "max-age=60"), ("cache-tag", &long)]));
}
