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
use super::tags::tag_of;

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
    Some(said(parts, by_path, settings))
}

fn said(parts: &Parts, by_path: bool, settings: &Settings) -> Order {
    let text = |name: &HeaderName| match parts.headers.get(name).map(HeaderValue::to_str) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(_)) => Err(Order::Unclear("purge: a header has bytes that are no ASCII\n")),
    };
    let read = || -> Result<Order, Order> {
        if let Some(tags) = text(&settings.tag_header)? {
            let tags = tags.split([',', ' ', '\t']).filter(|tag| !tag.is_empty());
            let tags: Vec<String> = tags.map(|tag| tag_of(tag).into()).collect();
            if tags.is_empty() {
                return Err(Order::Unclear("purge: the header of tags names none\n"));
            }
            return Ok(Order::Tags(tags));
        }
        if let Some(pattern) = text(&HeaderName::from_static("purge-pattern"))? {
            let glob = Glob::new(pattern);
            return glob.map(Order::Pattern).map_err(|_| {
                Order::Unclear("purge: purge-pattern is no glob; a [ is not closed, perhaps\n")
            });
        }
        if let Some(everything) = text(&HeaderName::from_static("purge-everything"))? {
            return match everything {
                "yes" => Ok(Order::Everything),
                _ => Err(Order::Unclear("purge: purge-everything takes yes\n")),
            };
        }
        let here = Target::of(parts, &settings.scheme);
        let target = match text(&HeaderName::from_static("purge-uri"))? {
            Some(uri) => here.and_then(|here| here.refer(uri)),
            None if by_path => None,
            None => here,
        };
        let missing = "purge: name what: purge-uri, the header of tags, purge-pattern, or \
                       purge-everything: yes\n";
        target.map(|target| Order::Tags(vec![target.tag()])).ok_or(Order::Unclear(missing))
    };
    read().unwrap_or_else(|unclear| unclear)
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
