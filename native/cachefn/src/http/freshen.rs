//! A kept response after its origin has said that it is still valid.

use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderName,
};

use super::storable::cleaned;
use super::stored::{Heuristic, Stored, Times};

/// What describes the bytes that are kept, and not those that the answer did not bring.
const OF_THE_BODY: [HeaderName; 4] =
    [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE];

/// The response with the headers of a 304, or of an answer to HEAD, in place of its own.
pub(super) fn freshen(
    stored: &Stored,
    newer: &HeaderMap,
    tags: Option<Vec<Box<str>>>,
    times: Times,
    heuristic: Option<Heuristic>,
) -> Stored {
    let mut newer = cleaned(newer.clone());
    for name in &OF_THE_BODY {
        newer.remove(name);
    }
    let mut headers = stored.headers.clone();
    // How old the last answer was says nothing about this one.
    headers.remove(http::header::AGE);
    headers.remove(http::header::DATE);
    for name in newer.keys() {
        headers.remove(name);
    }
    for (name, value) in &newer {
        headers.append(name.clone(), value.clone());
    }
    let tags = tags.unwrap_or_else(|| stored.tags.clone());
    Stored::new(stored.status, headers, stored.body.clone(), tags, times, heuristic)
}
