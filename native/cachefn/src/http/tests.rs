//! What only the inside can show: entries as bytes, references, and the decision about freshness.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::Codec;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::codec::KeptCodec;
use super::directives::RequestDirectives;
use super::freshness::{Leeway, Verdict, judge};
use super::kept::{Entry, Kept, Variant};
use super::reference::resolve;
use super::stored::{Stored, Times};
use super::vary::Selecting;

const CODEC: KeptCodec = KeptCodec { heuristic: None };

fn response(said: &str) -> Stored {
    let mut headers = HeaderMap::new();
    headers.insert("cache-control", HeaderValue::from_str(said).expect("a header"));
    headers.append(
        "x-a",
        HeaderValue::from_bytes(b"\xff\x01".get(..1).expect("one")).expect("a header"),
    );
    headers.append("x-a", HeaderValue::from_static("2"));
    let times = Times { asked: 1_000_000, answered: 1_000_700 };
    let body = Bytes::from_static(b"the body");
    Stored::new(StatusCode::NOT_FOUND, headers, body, vec!["tag:a".into()], times, None)
}

fn entries() -> Vec<Kept> {
    let selecting = vec![
        Selecting { name: HeaderName::from_static("x-a"), value: None },
        Selecting { name: HeaderName::from_static("x-b"), value: Some(String::new()) },
    ];
    let variant = Variant { place: "7f".into(), date: u64::MAX, selecting };
    vec![
        Kept(Entry::Variants(Arc::new(vec![variant.clone(), variant]))),
        Kept(Entry::Variants(Arc::default())),
        Kept(Entry::Response(Arc::new(response("max-age=60")))),
    ]
}

#[test]
fn entries_come_back_from_their_bytes() {
    for kept in entries() {
        let mut bytes = Vec::new();
        CODEC.encode(&kept, &mut bytes).expect("it has bytes");
        assert_eq!(CODEC.decode(&bytes).expect("the same").0, kept.0);
    }
    assert!(CODEC.encode(&Kept(Entry::Nothing), &mut Vec::new()).is_err());
}

#[test]
fn bytes_that_are_damaged_are_refused_or_something_else_and_never_a_panic() {
    let seed = 0x5eed_u64;
    let mut state = seed;
    let mut draw = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for kept in entries() {
        let mut bytes = Vec::new();
        CODEC.encode(&kept, &mut bytes).expect("it has bytes");
        for end in 0..bytes.len() {
            assert!(CODEC.decode(&bytes[..end]).is_err(), "{end} bytes of {}", bytes.len());
        }
        bytes.push(0);
        assert!(CODEC.decode(&bytes).is_err());
        bytes.pop();
        for _ in 0..20_000 {
            let mut damaged = bytes.clone();
            for _ in 0..=draw() % 3 {
                let at = draw() % damaged.len();
                damaged[at] = draw() as u8;
            }
            // Whatever it is taken for has bytes of its own.
            if let Ok(read) = CODEC.decode(&damaged) {
                let mut again = Vec::new();
                CODEC
                    .encode(&read, &mut again)
                    .unwrap_or_else(|_| panic!("seed {seed}: {damaged:?}"));
            }
        }
    }
    // A count that no memory holds.
    assert!(CODEC.decode(&[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]).is_err());
}

#[test]
fn references_mean_what_the_standard_says() {
    let base = "http://a/b/c/d?q";
    for (reference, meant) in [
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d?q"),
        ("g#s", "http://a/b/c/g"),
        ("", "http://a/b/c/d?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g..", "http://a/b/c/g.."),
        ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("http://e?x", "http://e/?x"),
        ("HTTPS://e/x", "HTTPS://e/x"),
    ] {
        let (origin, path) = resolve(base, reference).expect("a target");
        assert_eq!(format!("{origin}{path}"), meant, "{reference}");
    }
    for other in ["ftp://a/b", "mailto:a", "urn:a:b", "http:g"] {
        assert_eq!(resolve(base, other), None, "{other}");
    }
}

#[test]
fn the_decision_is_the_same_a_second_before_and_at_each_boundary() {
    let plain = RequestDirectives::default();
    let stored = response("max-age=60, stale-while-revalidate=10, stale-if-error=20");
    let leeway = Leeway::default();
    let ask = |meanwhile, on_error| Verdict::Ask { meanwhile, on_error, by_client: false };
    for (age, verdict) in [
        (0, Verdict::Fresh),
        (59, Verdict::Fresh),
        (60, ask(true, true)),
        (69, ask(true, true)),
        (70, ask(false, true)),
        (79, ask(false, true)),
        (80, ask(false, false)),
        (u64::MAX, ask(false, false)),
    ] {
        assert_eq!(judge(&stored, age, &plain, &leeway), verdict, "at {age} seconds");
    }
}
