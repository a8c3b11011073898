//! Which request is which: the target of a request, and the text that an entry is found by.

use std::fmt::Write;

use http::header::{HOST, HeaderMap, HeaderName};
use http::request::Parts;
use http::uri::{Authority, Uri};

use super::reference;

/// The target of a request: `http://host/path?query`. Host names in lower case, the scheme's own port
/// left out, everything else as it came: two queries are equal only if their bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// Scheme, host and port.
    pub(super) origin: String,
    pub(super) path_and_query: String,
}

impl Target {
    /// The target, unless the request does not say it, or says two.
    pub(super) fn of(parts: &Parts, scheme: &str) -> Option<Self> {
        let mut hosts = parts.headers.get_all(HOST).iter();
        let host = hosts.next();
        if hosts.next().is_some() {
            return None;
        }
        let host = match host {
            None => None,
            Some(host) => Some(host.to_str().ok()?.parse::<Authority>().ok()?),
        };
        let scheme = parts.uri.scheme_str().unwrap_or(scheme).to_ascii_lowercase();
        let said = parts.uri.authority();
        let origin = match (said, &host) {
            (Some(said), host) => {
                let origin = origin(&scheme, said)?;
                // The application may believe the other one.
                if host
                    .as_ref()
                    .is_some_and(|host| self::origin(&scheme, host) != Some(origin.clone()))
                {
                    return None;
                }
                origin
            }
            (None, Some(host)) => origin(&scheme, host)?,
            (None, None) => return None,
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        if !path.starts_with('/') {
            return None; // `OPTIONS *`, and the tunnel of CONNECT
        }
        Some(Target { origin, path_and_query: path.to_string() })
    }

    /// The target that an absolute or relative reference means here.
    pub(super) fn refer(&self, reference: &str) -> Option<Self> {
        let (origin, path_and_query) = reference::resolve(&self.to_string(), reference)?;
        let uri: Uri = origin.parse().ok()?;
        let origin = self::origin(uri.scheme_str()?, uri.authority()?)?;
        Some(Target { origin, path_and_query })
    }

    /// The tag of everything that is kept for this target.
    pub(super) fn tag(&self) -> String {
        format!("{TARGET}{self}")
    }

    /// The text by which the responses to a request are found: the target, and each header that counts. No target has a
    /// blank, and those of headers are escaped, so that no two requests have one text.
    pub(super) fn key(&self, headers: &HeaderMap, keyed: &[HeaderName]) -> String {
        let mut key = self.to_string();
        for name in keyed {
            for value in headers.get_all(name) {
                key.push(' ');
                key.push_str(name.as_str());
                key.push(':');
                let mut text = String::new();
                write_escaped(value.as_bytes(), &mut text);
                key.push_str(&text.replace(' ', "%20"));
            }
        }
        key
    }

    /// The text of the target that a key, or what begins with one, is of.
    pub(super) fn of_key(key: &str) -> &str {
        key.split([' ', '\n']).next().unwrap_or_default()
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.path_and_query)
    }
}

/// Bytes as text; what is no visible ASCII as `%` and two digits.
pub(super) fn write_escaped(bytes: &[u8], text: &mut String) {
    for &byte in bytes {
        match byte {
            b'%' | 0..=31 | 127.. => {
                let _ = write!(text, "%{byte:02x}");
            }
            _ => text.push(char::from(byte)),
        }
    }
}

fn origin(scheme: &str, authority: &Authority) -> Option<String> {
    let host = authority.host();
    // Names and passwords before a host are a way to look like another one.
    if host.is_empty() || authority.as_str().contains('@') {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let own = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    let scheme = scheme.to_ascii_lowercase();
    match authority.port_u16() {
        Some(port) if port != own => Some(format!("{scheme}://{host}:{port}")),
        Some(_) => Some(format!("{scheme}://{host}")),
        // A port that is there but is no number.
        None if authority.as_str().len() != authority.host().len()
            && authority.as_str() != format!("{}:", authority.host()) =>
        {
            None
        }
        None => Some(format!("{scheme}://{host}")),
    }
}

/// What the tags of targets begin with. No tag that a header names has a blank.
pub(super) const TARGET: &str = "uri ";
/// The longest text by which a response is found, and the most bytes of headers that choose it; storages take
/// keys of 64 KiB.
pub(super) const LONGEST: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;

    use super::*;

    #[test]
    fn h_39_a_key_is_one_line_and_no_value_looks_like_another_header() {
        let target = Target { origin: "http://example.com".into(), path_and_query: "/a?b".into() };
        let names = ["x-one", "x-two"].map(HeaderName::from_static);
        let key = |said: &[(usize, &'static [u8])]| {
            let pair = |&(at, value): &(usize, &'static [u8])| {
                (names[at].clone(), HeaderValue::from_bytes(value).expect("it may be sent"))
            };
            target.key(&said.iter().map(pair).collect(), &names)
        };
        assert_eq!(
            key(&[(0, b"a b"), (1, b"\xFF")]),
            "http://example.com/a?b x-one:a%20b x-two:%ff"
        );
        let alike: [&[(usize, &'static [u8])]; 5] = [
            &[(0, b"a"), (1, b"b")],
            &[(0, b"a x-two:b")],
            &[(0, b"a%20x-two:b")],
            &[(0, b"a\tx-two:b")],
            &[(1, b"a"), (1, b"b")],
        ];
        let mut keys: Vec<String> = alike.into_iter().map(key).collect();
        assert!(keys.iter().all(|key| !key.contains(['\n', '\t'])), "{keys:?}");
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), alike.len());
    }
}
