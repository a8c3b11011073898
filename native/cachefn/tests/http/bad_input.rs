//! What nobody should send: it passes as it is, leaves nothing, and ends nothing.

use pollster::block_on;

use crate::support::*;

#[test]
fn lengths_that_contradict_each_other_pass_and_leave_nothing() {
    let site = site();
    for said in [
        [("content-length", "4"), ("content-length", "5")],
        [("content-length", "4"), ("transfer-encoding", "chunked")],
        [("content-length", "+4"), ("x", "y")],
        [("content-length", "4, 4"), ("x", "y")],
        [("transfer-encoding", "gzip, chunked"), ("x", "y")],
    ] {
        let said = [("cache-control", "max-age=60"), said[0], said[1]];
        assert!(!is_kept(&site, &said), "{said:?}");
    }
    assert!(is_kept(
        &site,
        &[("cache-control", "max-age=60"), ("content-length", "4"), ("content-length", "4")]
    ));
}

#[test]
fn requests_whose_lengths_contradict_each_other_pass_and_leave_nothing() {
    let site = site();
    block_on(async {
        for said in [
            [("content-length", "0"), ("content-length", "5")],
            [("content-length", "0"), ("transfer-encoding", "chunked")],
            [("content-length", "x"), ("x", "y")],
        ] {
            let got = site.get_with("/", &said).await;
            assert!(got.why().starts_with("fwd=bypass"), "{got:?}");
            assert!(site.origin.last().headers.contains_key("content-length"));
        }
        assert!(!site.get("/").await.hit());
    });
}

#[test]
fn a_target_that_is_too_long_passes_and_leaves_nothing() {
    let site = site();
    let long = format!("/{}", "x".repeat(9_000));
    block_on(async {
        for _ in 0..2 {
            assert_eq!(site.get(&long).await.why(), "fwd=bypass; detail=key-too-long");
        }
    });
}

#[test]
fn a_header_that_chooses_and_is_too_long_leaves_nothing() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "max-age=60"), ("vary", "x-a")], "text"));
    let long = "x".repeat(9_000);
    block_on(async {
        for _ in 0..2 {
            let got = site.get_with("/", &[("x-a", &long)]).await;
            assert_eq!(got.why(), "fwd=uri-miss; detail=vary-too-long");
        }
        assert_eq!(site.cache.stats().size, 0);
        site.get_with("/", &[("x-a", &long[..8_000])]).await;
        assert!(site.get_with("/", &[("x-a", &long[..8_000])]).await.hit());
    });
}

#[test]
fn what_clients_say_to_choose_counts_as_memory() {
    let site = site();
    site.origin.answers(|_| reply(&[("cache-control", "max-age=60"), ("vary", "x-a")], "text"));
    block_on(async {
        for number in 0..16 {
            let said = format!("{number}{}", "x".repeat(8_000));
            site.get_with("/", &[("x-a", &said)]).await;
        }
    });
    assert!(site.cache.stats().weight > 16 * 8_000, "{}", site.cache.stats().weight);
}

#[test]
fn a_target_that_is_no_path_passes() {
    let site = site();
    block_on(async {
        let got = site.ask(request("OPTIONS", "*", &[], "")).await;
        assert_eq!(got.why(), "fwd=bypass; detail=method");
        assert_eq!(site.ask(request("GET", "*", &[], "")).await.why(), "fwd=bypass; detail=target");
        let tunnel = site.ask(request("CONNECT", "example.com:443", &[], "")).await;
        assert_eq!(tunnel.why(), "fwd=bypass; detail=method");
    });
}

#[test]
fn directives_of_any_shape_end_nothing() {
    let site = site();
    for said in [
        "",
        ",",
        ",,,",
        "=",
        "=60",
        "max-age",
        "max-age=\"",
        "\"",
        "\\",
        "a=\"\\",
        "no-cache=",
        "no-cache=\",\"",
        "private=\"a b\"",
        "max-age=60;no-store",
        "\"max-age=60\"",
        "max-age = 60",
        "max-age\t=\t60",
    ] {
        is_kept(&site, &[("cache-control", said)]);
        let got = block_on(site.get_with("/", &[("cache-control", said), ("if-none-match", said)]));
        assert!([200, 304].contains(&got.status), "{said}");
    }
    // What may have meant that it is one user's is taken for that.
    for doubtful in ["private=\"a b\"", "x=\"y, private", "x=\"\\\", no-store"] {
        let said = format!("max-age=60, {doubtful}");
        assert!(!is_kept(&site, &[("cache-control", &said)]), "{said}");
    }
}

#[test]
fn h_39_what_chooses_a_response_cannot_be_named_away() {
    for (name, value) in [("connection", "vary, cache-control"), ("connection", "Vary")] {
        is_one_users_choice(&[("cache-control", "max-age=60"), (name, value)]);
    }
    is_one_users_choice(&[("cache-control", "max-age=60, private=\"vary\"")]);
}

fn is_one_users_choice(said: &[(&str, &str)]) {
    let site = site();
    let said: Vec<(String, String)> =
        said.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
    site.origin.answers(move |asked| {
        let mut all: Vec<(&str, &str)> = said.iter().map(|(n, v)| (&**n, &**v)).collect();
        all.push(("vary", "x-a"));
        let text = asked.headers["x-a"].to_str().expect("the test sends text").to_owned();
        reply(&all, text)
    });
    block_on(async {
        for choice in ["1", "2", "1", "2"] {
            assert_eq!(site.get_with("/", &[("x-a", choice)]).await.body, choice);
        }
    });
    assert_eq!(site.origin.asked(), 2, "each is kept for who chose it");
}

#[test]
fn headers_that_are_no_text_end_nothing() {
    let site = site_with(|builder| builder.key_header("x-a"));
    site.origin.answers(|_| {
        let mut response = reply(&[("cache-control", "max-age=60"), ("vary", "x-b")], "text")?;
        let value = http::HeaderValue::from_bytes(b"\xff\xfe").unwrap();
        response.headers_mut().insert("x-c", value.clone());
        response.headers_mut().append("cache-control", value);
        Ok(response)
    });
    let odd = |bytes: &'static [u8]| {
        let mut request = get("/", &[]);
        for name in ["x-a", "x-b", "if-none-match", "if-modified-since", "cache-control"] {
            request.headers_mut().insert(name, http::HeaderValue::from_bytes(bytes).unwrap());
        }
        request
    };
    block_on(async {
        site.ask(odd(b"\xff")).await;
        assert!(site.ask(odd(b"\xff")).await.hit());
        // Bytes that look alike as text are others all the same.
        assert!(!site.ask(odd(b"\xfe")).await.hit());
        assert_eq!(site.get("/").await.headers["x-c"].as_bytes(), b"\xff\xfe");
    });
}

#[test]
fn dates_of_any_time_end_nothing() {
    for date in [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "x",
    ] {
        for name in ["date", "expires", "last-modified", "age"] {
            let most = std::time::Duration::MAX;
            let site = site_with(|builder| builder.heuristic(1.0, most));
            is_kept(&site, &[(name, date), ("vary", "x")]);
            is_kept(&site, &[(name, date), ("cache-control", "max-age=4294967296")]);
            let got = block_on(site.get_with("/", &[("if-modified-since", date)]));
            assert!([200, 304].contains(&got.status), "{name}: {date}");
        }
    }
}
