//! Whether a response may be kept for others: one pure function, and what is taken from it first.

use http::StatusCode;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, ETAG, EXPIRES, HeaderMap, HeaderValue, LAST_MODIFIED, SET_COOKIE,
    TRANSFER_ENCODING, VARY,
};
use http::request;

use super::directives::{RequestDirectives, ResponseDirectives};
use super::headers::{Told, is_part, size, strip_connection, told_length};
use super::key::LONGEST;
use super::stored::{Heuristic, is_heuristic};
use super::vary::{Vary, length, selecting};

/// What becomes of responses that set cookies, which are one user's most of the time.
///
/// ```
/// assert_eq!(cachefn::http::Cookies::default(), cachefn::http::Cookies::Refuse);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Cookies {
    /// They are not kept.
    #[default]
    Refuse,
    /// They are kept without their cookies, which only the client gets for whom the response was made.
    Strip,
}

/// What limits responses that are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) cookies: Cookies,
    pub(super) max_body: usize,
    pub(super) max_headers: usize,
    pub(super) heuristic: Option<Heuristic>,
}

/// Why a response is not kept. The text is a token that `Cache-Status` may show.
pub(super) type Refusal = &'static str;

/// Whether the response may be kept, as far as its head tells.
pub(super) fn may_keep(
    request: &request::Parts,
    asks: &RequestDirectives,
    status: StatusCode,
    headers: &HeaderMap,
    limits: &Limits,
) -> Result<(), Refusal> {
    let says = ResponseDirectives::read(headers);
    let understood = is_understood(status);
    if asks.no_store {
        return Err("request-no-store");
    }
    if status.is_informational()
        || status == StatusCode::PARTIAL_CONTENT
        || status == StatusCode::NOT_MODIFIED
        || is_part(headers)
    {
        return Err("partial");
    }
    if says.must_understand && !understood {
        return Err("not-understood");
    }
    if says.no_store && !says.must_understand {
        return Err("no-store");
    }
    if says.private {
        return Err("private");
    }
    let shared = says.public || says.must_revalidate || says.s_maxage.is_some();
    if request.headers.contains_key(AUTHORIZATION) && !shared {
        return Err("authorization");
    }
    match Vary::of(headers) {
        Vary::Anything => return Err("vary"),
        Vary::By(names) if length(&selecting(&names, &request.headers)) > LONGEST => {
            return Err("vary-too-long");
        }
        Vary::By(_) => {}
    }
    if headers.contains_key(SET_COOKIE) && limits.cookies == Cookies::Refuse {
        return Err("set-cookie");
    }
    if told_length(headers) == Told::Contradicting || encoded_oddly(headers) {
        return Err("contradicting-length");
    }
    if matches!(told_length(headers), Told::Length(length) if length > limits.max_body as u64) {
        return Err("body-too-long");
    }
    if size(headers) > limits.max_headers {
        return Err("headers-too-long");
    }
    if !is_worth_it(status, headers, &says, limits) {
        return Err("no-lifetime");
    }
    Ok(())
}

/// Takes away what must not come to others. What says who may have the response stays, whoever names it.
pub(super) fn cleaned(mut headers: HeaderMap) -> HeaderMap {
    let says = ResponseDirectives::read(&headers);
    let rules = [CACHE_CONTROL, VARY].map(|name| {
        let lines: Vec<HeaderValue> = headers.get_all(&name).iter().cloned().collect();
        (name, lines)
    });
    strip_connection(&mut headers);
    for name in says.withheld {
        headers.remove(name);
    }
    for (name, lines) in rules {
        headers.remove(&name);
        headers.extend(lines.into_iter().map(|line| (name.clone(), line)));
    }
    headers.remove(SET_COOKIE);
    headers
}

/// Only what an origin says something about is kept: silence is no consent.
fn is_worth_it(
    status: StatusCode,
    headers: &HeaderMap,
    says: &ResponseDirectives,
    limits: &Limits,
) -> bool {
    let validated = headers.contains_key(ETAG) || headers.contains_key(LAST_MODIFIED);
    let timed = says.s_maxage.is_some() || says.max_age.is_some() || headers.contains_key(EXPIRES);
    let lives = match says.s_maxage.or(says.max_age) {
        Some(0) => validated || says.stale_while_revalidate.is_some(),
        _ => true,
    };
    if says.no_cache {
        return validated && (timed || is_heuristic(status));
    }
    if timed {
        return lives;
    }
    if !is_heuristic(status) && !says.public {
        return false;
    }
    (says.public && validated)
        || (limits.heuristic.is_some() && headers.contains_key(LAST_MODIFIED))
}

/// The statuses whose meaning for caches is known here: all final ones of the HTTP standard.
fn is_understood(status: StatusCode) -> bool {
    matches!(
        status.as_u16(),
        200..=205 | 300..=303 | 305 | 307 | 308 | 400..=417 | 421 | 422 | 426 | 428 | 429 | 431 | 451
            | 500..=505 | 511
    )
}

/// An encoding of the transfer that a server should have removed before this.
fn encoded_oddly(headers: &HeaderMap) -> bool {
    headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"chunked"))
}
