//! Conditions: those of clients, checked against what is kept, and those that ask an origin.

use http::StatusCode;
use http::header::{
    DATE, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};

use super::directives::split;
use super::stored::{Stored, date, read_date};

/// What a client has already, taken from its request so that the origin answers in full.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    none_match: Vec<HeaderValue>,
    modified_since: Option<HeaderValue>,
}

impl Conditions {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Conditions {
            none_match: headers.get_all(IF_NONE_MATCH).iter().cloned().collect(),
            modified_since: headers.get(IF_MODIFIED_SINCE).cloned(),
        }
    }

    /// Whether the client has this response already, so that 304 is the answer. `received` stands for
    /// the date of a response that has none.
    pub(super) fn are_met(&self, status: StatusCode, headers: &HeaderMap, received: u64) -> bool {
        if status != StatusCode::OK {
            return false;
        }
        if !self.none_match.is_empty() {
            let Some(ours) = headers.get(ETAG).and_then(|tag| tag.to_str().ok()) else {
                return self.none_match.iter().any(|value| value.as_bytes() == b"*");
            };
            return self.none_match.iter().filter_map(|value| value.to_str().ok()).any(|list| {
                split(list, b',').into_iter().map(str::trim).any(|tag| {
                    tag == "*" || (!opaque(tag).is_empty() && opaque(tag) == opaque(ours))
                })
            });
        }
        let Some(since) = &self.modified_since else { return false };
        let Some(since) = read_date(since) else { return false };
        let changed = date(headers, &LAST_MODIFIED).or_else(|| date(headers, &DATE));
        changed.unwrap_or(received) <= since
    }
}

/// Removes a client's conditions.
pub(super) fn strip(headers: &mut HeaderMap) {
    headers.remove(IF_NONE_MATCH);
    headers.remove(IF_MODIFIED_SINCE);
}

/// Asks whether a kept response is still valid. False if it has nothing to ask by.
pub(super) fn ask(stored: &Stored, headers: &mut HeaderMap) -> bool {
    strip(headers);
    if let Some(tag) = stored.headers.get(ETAG) {
        headers.insert(IF_NONE_MATCH, tag.clone());
    }
    if let Some(modified) = stored.headers.get(LAST_MODIFIED) {
        headers.insert(IF_MODIFIED_SINCE, modified.clone());
    }
    headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE)
}

/// Whether a 304 speaks of this response: a validator that it names must be this one's.
pub(super) fn speaks_of(stored: &Stored, not_modified: &HeaderMap) -> bool {
    let same =
        |name| not_modified.get(&name).is_none_or(|said| stored.headers.get(&name) == Some(said));
    match (not_modified.get(ETAG), stored.headers.get(ETAG)) {
        (Some(said), Some(ours)) => match (said.to_str(), ours.to_str()) {
            (Ok(said), Ok(ours)) => opaque(said) == opaque(ours),
            _ => said == ours,
        },
        (Some(_), None) => false,
        (None, _) => same(LAST_MODIFIED),
    }
}

/// A tag without its mark of weakness.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
