//! What is to be done with a request, as far as it says itself.

use http::Method;
use http::header::{
    HeaderMap, IF_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http_body::Body;

use super::conditions::Conditions;
use super::directives::RequestDirectives;
use super::headers::{Told, told_length};
use super::key::{LONGEST, Target};
use super::settings::{OVERRIDES, Settings};

pub(super) enum Plan {
    /// It goes to the service as it is, and nothing is kept; the word says why.
    Pass(&'static str),
    /// It may change its target.
    Change(Option<Target>),
    /// It may be answered from the cache.
    Ask(Box<About>),
}

/// A request that may be answered from the cache.
#[derive(Debug)]
pub(super) struct About {
    pub(super) target: Target,
    pub(super) key: String,
    pub(super) asks: RequestDirectives,
    /// What the client has already.
    pub(super) conditions: Conditions,
    pub(super) headers: HeaderMap,
    /// Whether only the head of the answer is wanted.
    pub(super) head: bool,
}

impl Plan {
    pub(super) fn of<B: Body>(parts: &Parts, body: &B, settings: &Settings) -> Self {
        let target = Target::of(parts, &settings.scheme);
        let head = match parts.method {
            Method::GET => false,
            Method::HEAD => true,
            Method::OPTIONS | Method::TRACE | Method::CONNECT => return Plan::Pass("method"),
            // Of any other it is not known that it is harmless.
            _ => return Plan::Change(target),
        };
        if let Some(why) = hindrance(&parts.headers, body) {
            return Plan::Pass(why);
        }
        let Some(target) = target else { return Plan::Pass("target") };
        let key = target.key(&parts.headers, &settings.keyed);
        if key.len() > LONGEST {
            return Plan::Pass("key-too-long");
        }
        let mut asks = RequestDirectives::read(&parts.headers);
        if asks.no_store {
            return Plan::Pass("request-no-store");
        }
        if !settings.obeys_clients {
            // This one is a question and no order.
            asks = RequestDirectives { only_if_cached: asks.only_if_cached, ..Default::default() };
        }
        let conditions = Conditions::of(&parts.headers);
        let headers = parts.headers.clone();
        Plan::Ask(Box::new(About { target, key, asks, conditions, headers, head }))
    }
}

/// Why a GET or HEAD must not come near what is kept.
fn hindrance<B: Body>(headers: &HeaderMap, body: &B) -> Option<&'static str> {
    if headers.contains_key(RANGE) || headers.contains_key(IF_RANGE) {
        return Some("range");
    }
    // Only the origin knows these answers.
    if headers.contains_key(IF_MATCH) || headers.contains_key(IF_UNMODIFIED_SINCE) {
        return Some("precondition");
    }
    if headers.contains_key(UPGRADE) {
        return Some("upgrade");
    }
    if OVERRIDES.iter().any(|name| headers.contains_key(*name)) {
        return Some("method-override");
    }
    match told_length(headers) {
        Told::Contradicting => return Some("contradicting-length"),
        Told::Length(length) if length > 0 => return Some("request-body"),
        _ => {}
    }
    if headers.contains_key(TRANSFER_ENCODING) || !has_no_bytes(body) {
        return Some("request-body");
    }
    None
}

fn has_no_bytes<B: Body>(body: &B) -> bool {
    body.is_end_stream() || body.size_hint().exact() == Some(0)
}
