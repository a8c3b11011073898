//! Orders to remove responses, from those who know the token.

use cachefn_core::{Error, Glob};
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Response, StatusCode};
use http_body::Body;
use subtle::ConstantTimeEq;

use super::answer::plain;
use super::body::ResponseBody;
use super::inner::Inner;
use super::key::Target;
use super::settings::{PurgeSettings, Settings};

/// What is to be removed.
#[derive(Debug, PartialEq)]
pub(super) enum Order {
    Refused,
    /// It cannot be understood; the text says what can.
    Unclear(&'static str),
    Tags(Vec<String>),
    Pattern(Glob),
    Everything,
}

/// The order that a request is, if it is one.
pub(super) fn order(parts: &Parts, settings: &Settings) -> Option<Order> {
    let purge = settings.purge.as_ref()?;
    let by_path = purge.path.as_deref() == Some(parts.uri.path()) && parts.method == "POST";
    if parts.method != "PURGE" && !by_path {
        return None;
    }
    if !is_allowed(&parts.headers, purge) {
        return Some(Order::Refused);
    }
    Some(read(parts, by_path, settings).unwrap_or_else(Order::Unclear))
}

/// What is named, or the text that says what can be.
fn read(parts: &Parts, by_path: bool, settings: &Settings) -> Result<Order, &'static str> {
    let tags = lines(&parts.headers, &settings.tag_header)?;
    let pattern = lines(&parts.headers, &HeaderName::from_static("purge-pattern"))?;
    let everything = lines(&parts.headers, &HeaderName::from_static("purge-everything"))?;
    let uri = lines(&parts.headers, &HeaderName::from_static("purge-uri"))?;
    let here = || Target::of(parts, &settings.scheme);
    let target = match (&*tags, &*pattern, &*everything, &*uri) {
        ([], [], [], []) if by_path => None,
        ([], [], [], []) => here(),
        ([], [], [], [uri]) => here().and_then(|here| here.refer(uri)),
        ([], [pattern], [], []) => {
            let unclear = "purge: purge-pattern is no glob; a [ is not closed, perhaps\n";
            return Glob::new(pattern).map(Order::Pattern).map_err(|_| unclear);
        }
        ([], [], ["yes"], []) => return Ok(Order::Everything),
        ([], [], [_], []) => return Err("purge: purge-everything takes yes\n"),
        (lines, [], [], []) => {
            let tags = lines.iter().flat_map(|line| line.split([',', ' ', '\t']));
            let tags = tags.filter(|tag| !tag.is_empty());
            let tags: Vec<String> = tags.map(String::from).collect();
            let unclear = "purge: the header of tags names none\n";
            return if tags.is_empty() { Err(unclear) } else { Ok(Order::Tags(tags)) };
        }
        // To do a part of it would look as if all were done.
        _ => {
            return Err("purge: name one thing only: one line of purge-uri, purge-pattern or \
                        purge-everything, or lines of tags\n");
        }
    };
    let missing = "purge: name what: purge-uri, the header of tags, purge-pattern, or \
                   purge-everything: yes\n";
    target.map(|target| Order::Tags(vec![target.tag()])).ok_or(missing)
}

/// All lines of a header.
fn lines<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Vec<&'h str>, &'static str> {
    let lines = headers.get_all(name).iter().map(HeaderValue::to_str);
    let unclear = "purge: a header has bytes that are no ASCII\n";
    lines.collect::<Result<_, _>>().map_err(|_| unclear)
}

/// Does it, and says so.
pub(super) async fn obey<B: Body>(cache: &Inner, order: Order) -> Response<ResponseBody<B>> {
    let done: Result<(), Error> = match order {
        Order::Refused => {
            let mut response =
                plain(StatusCode::UNAUTHORIZED, "purge: needs authorization: Bearer <token>\n");
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
            return response;
        }
        Order::Unclear(text) => return plain(StatusCode::BAD_REQUEST, text),
        Order::Tags(tags) => cache.invalidate(&tags).await,
        Order::Pattern(glob) => cache.invalidate_pattern(&glob).await,
        Order::Everything => cache.clear().await,
    };
    match done {
        Ok(()) => plain(StatusCode::OK, "purged\n"),
        Err(_) => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "purge: gone from memory, but the storage did not answer; try again\n",
        ),
    }
}

/// Compares all bytes whatever they are: how long it takes tells the length at most.
fn is_allowed(headers: &HeaderMap, purge: &PurgeSettings) -> bool {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let Some((scheme, token)) = line.as_bytes().split_at_checked(7) else { return false };
    scheme.eq_ignore_ascii_case(b"Bearer ") && bool::from(token.ct_eq(&purge.token))
}
