//! Headers as messages carry them: which of them belong to a connection, and which shapes are trouble.

use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, HeaderName, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

/// What belongs to one connection, whether `Connection` names it or not.
const OF_A_CONNECTION: [HeaderName; 11] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    http::header::PROXY_AUTHENTICATE,
    HeaderName::from_static("proxy-authentication-info"),
    http::header::PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("http2-settings"),
];

/// Removes what belongs to one connection.
pub(super) fn strip_connection(headers: &mut HeaderMap) {
    for name in named_by_connection(headers) {
        headers.remove(name);
    }
    for name in &OF_A_CONNECTION {
        headers.remove(name);
    }
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    members(headers, &CONNECTION)
        .filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok())
        .collect()
}

/// The members of a list, over all lines of the field.
pub(super) fn members<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|member| !member.is_empty())
}

/// How many bytes the names and values have.
pub(super) fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// How the length of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Length(u64),
    /// Two lengths, a length beside an encoding, or no number: who reads which one is how requests are
    /// smuggled.
    Contradicting,
}

pub(super) fn told_length(headers: &HeaderMap) -> Told {
    let mut length = None;
    let mut told = headers.get_all(CONTENT_LENGTH).iter().peekable();
    if told.peek().is_some() && headers.contains_key(TRANSFER_ENCODING) {
        return Told::Contradicting;
    }
    for value in told {
        let number = value
            .to_str()
            .ok()
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        match (number.and_then(|text| text.parse::<u64>().ok()), length) {
            (None, _) => return Told::Contradicting,
            (Some(number), Some(other)) if number != other => return Told::Contradicting,
            (number, _) => length = number,
        }
    }
    length.map_or(Told::Nothing, Told::Length)
}

/// Whether the body is a part of something.
pub(super) fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_RANGE)
}
