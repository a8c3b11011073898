//! What became of a request, as `Cache-Status` tells it.

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// How a response came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// How long it is fresh still; negative when it is stale.
    pub(super) hit: Option<i64>,
    /// Why the service was asked.
    pub(super) forwarded: Option<&'static str>,
    /// What it answered, where that is not what the client gets.
    pub(super) status: Option<u16>,
    pub(super) stored: bool,
    pub(super) collapsed: bool,
    pub(super) detail: Option<&'static str>,
}

impl Report {
    pub(super) fn forwarded(why: &'static str) -> Self {
        Report { forwarded: Some(why), ..Report::default() }
    }

    /// Adds the header, after those of caches that are nearer to the origin.
    pub(super) fn tell(self, name: Option<&str>, headers: &mut HeaderMap) {
        let Some(name) = name else { return };
        if let Ok(value) = HeaderValue::from_str(&self.text(name)) {
            headers.append(HeaderName::from_static("cache-status"), value);
        }
    }

    fn text(self, name: &str) -> String {
        let mut text = name.to_string();
        if let Some(left) = self.hit {
            text += &format!("; hit; ttl={left}");
        }
        if let Some(why) = self.forwarded {
            text += &format!("; fwd={why}");
        }
        if let Some(status) = self.status {
            text += &format!("; fwd-status={status}");
        }
        if self.stored {
            text += "; stored";
        }
        if self.collapsed {
            text += "; collapsed";
        }
        if let Some(detail) = self.detail {
            text += &format!("; detail={detail}");
        }
        text
    }
}
