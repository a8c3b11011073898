//! `Cache-Control`, read once: what clients ask for and what origins say.

use http::HeaderMap;
use http::header::{CACHE_CONTROL, HeaderName};

/// What a client asks of caches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RequestDirectives {
    pub(super) no_store: bool,
    pub(super) no_cache: bool,
    pub(super) only_if_cached: bool,
    pub(super) max_age: Option<u64>,
    pub(super) min_fresh: Option<u64>,
    /// How stale it may be; `Some(None)` is any age.
    pub(super) max_stale: Option<Option<u64>>,
}

impl RequestDirectives {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut read = Self::default();
        for_each(headers, |name, value| match name {
            "no-store" => read.no_store = true,
            "no-cache" => read.no_cache = true,
            "only-if-cached" => read.only_if_cached = true,
            // What cannot be read is the strictest.
            "max-age" => read.max_age = Some(stricter(read.max_age, seconds(value))),
            "min-fresh" => {
                let wanted = seconds(value).unwrap_or(MOST);
                read.min_fresh = Some(read.min_fresh.map_or(wanted, |other| other.max(wanted)));
            }
            "max-stale" => {
                let wanted = value.map(|said| seconds(Some(said)).unwrap_or(0));
                read.max_stale = Some(match read.max_stale.flatten() {
                    Some(other) => Some(wanted.map_or(other, |wanted| wanted.min(other))),
                    None => wanted,
                });
            }
            _ => {}
        });
        read
    }
}

/// What an origin says about its response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ResponseDirectives {
    pub(super) no_store: bool,
    /// Without fields: nobody gets it before the origin has said that it is valid.
    pub(super) no_cache: bool,
    /// Without fields: it is for one user.
    pub(super) private: bool,
    /// What `private="…"` and `no-cache="…"` name.
    pub(super) withheld: Vec<HeaderName>,
    pub(super) public: bool,
    pub(super) must_revalidate: bool,
    pub(super) proxy_revalidate: bool,
    pub(super) must_understand: bool,
    pub(super) max_age: Option<u64>,
    pub(super) s_maxage: Option<u64>,
    pub(super) stale_while_revalidate: Option<u64>,
    pub(super) stale_if_error: Option<u64>,
}

impl ResponseDirectives {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut read = Self::default();
        for_each(headers, |name, value| match name {
            "no-store" => read.no_store = true,
            "no-cache" => read.no_cache |= !withheld(value, &mut read.withheld),
            "private" => read.private |= !withheld(value, &mut read.withheld),
            "public" => read.public = true,
            "must-revalidate" => read.must_revalidate = true,
            "proxy-revalidate" => read.proxy_revalidate = true,
            "must-understand" => read.must_understand = true,
            // Two that differ, or one that is no number: the shorter life, and none.
            "max-age" => read.max_age = Some(stricter(read.max_age, seconds(value))),
            "s-maxage" => read.s_maxage = Some(stricter(read.s_maxage, seconds(value))),
            "stale-while-revalidate" => {
                let window = stricter(read.stale_while_revalidate, seconds(value));
                read.stale_while_revalidate = Some(window);
            }
            "stale-if-error" => {
                read.stale_if_error = Some(stricter(read.stale_if_error, seconds(value)));
            }
            _ => {}
        });
        read
    }
}

/// The longest time that is told apart from a longer one, some 68 years.
const MOST: u64 = 1 << 31;

/// Seconds as digits, quoted or not; what is longer than any cache lives is just long.
pub(super) fn seconds(value: Option<&str>) -> Option<u64> {
    let digits = value?.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(MOST).min(MOST))
}

fn stricter(before: Option<u64>, said: Option<u64>) -> u64 {
    let said = said.unwrap_or(0);
    before.map_or(said, |before| before.min(said))
}

/// Takes the fields that a directive names; false where it names none and so means the whole response.
fn withheld(value: Option<&str>, fields: &mut Vec<HeaderName>) -> bool {
    let Some(value) = value else { return false };
    let mut named = Vec::new();
    for field in value.split(',').map(str::trim).filter(|field| !field.is_empty()) {
        match HeaderName::from_bytes(field.as_bytes()) {
            Ok(name) => named.push(name),
            // Who knows what was meant: the whole.
            Err(_) => return false,
        }
    }
    let any = !named.is_empty();
    fields.extend(named);
    any
}

/// Each directive with its argument; names in lower case, arguments without their quotes.
fn for_each(headers: &HeaderMap, mut each: impl FnMut(&str, Option<&str>)) {
    for line in headers.get_all(CACHE_CONTROL) {
        // Bytes beyond ASCII can only be in what nobody knows.
        let line = String::from_utf8_lossy(line.as_bytes());
        for part in split(&line, b',') {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name.trim(), Some(unquoted(value.trim()))),
                None => (part.trim(), None),
            };
            if !name.is_empty() {
                each(&name.to_ascii_lowercase(), value.as_deref());
            }
        }
    }
}

/// The parts between separators that stand outside of quotes. Where a quote is never closed it is none: nothing
/// behind it is overlooked.
pub(super) fn split(text: &str, separator: u8) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return text.split(char::from(separator)).collect();
    }
    parts.push(&text[start..]);
    parts
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_string() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for letter in inner.chars() {
        escaped = letter == '\\' && !escaped;
        if !escaped {
            plain.push(letter);
        }
    }
    plain
}
