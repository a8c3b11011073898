//! What an application wishes of a cache of responses, and whether that can be.

use std::time::Duration;

use cachefn_core::Error;
use http::HeaderName;

use super::freshness::Leeway;
use super::settings::{KEYED, PurgeSettings, Settings};
use super::storable::{Cookies, Limits};

/// Settings as they were said.
pub(super) struct Wishes {
    pub(super) limits: Limits,
    pub(super) leeway: Leeway,
    pub(super) max_variants: usize,
    pub(super) validation: Duration,
    pub(super) keep_at_most: Duration,
    pub(super) scheme: String,
    pub(super) keyed: Vec<String>,
    pub(super) tag_header: String,
    pub(super) token: Option<String>,
    pub(super) path: Option<String>,
    pub(super) status: Option<String>,
    pub(super) obeys_clients: bool,
    pub(super) lent: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Wishes {
            limits: Limits {
                cookies: Cookies::Refuse,
                max_body: 1 << 20,
                max_headers: 16 << 10,
                heuristic: None,
            },
            leeway: Leeway::default(),
            max_variants: 16,
            validation: Duration::from_secs(600),
            keep_at_most: Duration::from_secs(7 * 24 * 3600),
            scheme: "http".into(),
            keyed: KEYED.map(String::from).to_vec(),
            tag_header: "cache-tag".into(),
            token: None,
            path: None,
            status: None,
            obeys_clients: true,
            lent: false,
        }
    }
}

impl Wishes {
    pub(super) fn checked(&self) -> Result<Settings, Error> {
        let fault = |text: String| Err(Error::config("build", text));
        let header = |name: &str, setting: &str| {
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                Error::config("build", format!("{setting}: {name:?} is no name of a header"))
            })
        };
        if self.scheme != "http" && self.scheme != "https" {
            return fault(format!("the scheme is {}; say http or https", self.scheme));
        }
        if self.max_variants == 0 {
            return fault("max_variants is 0; say 1 or more".into());
        }
        if self.keep_at_most.is_zero() {
            return fault("keep_at_most is 0, so that nothing is kept; leave the layer out".into());
        }
        if let Some(heuristic) = self.limits.heuristic
            && !(0.0..=1.0).contains(&heuristic.fraction)
        {
            return fault(format!("heuristic: the fraction is {}; say 0 to 1", heuristic.fraction));
        }
        let is_token = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if let Some(name) = self.status.as_deref().filter(|name| !is_token(name)) {
            return fault(format!(
                "cache_status: {name:?} is no name; begin with a letter, then letters, digits, - _ ."
            ));
        }
        let mut keyed = self.keyed.iter().map(|name| header(name, "key_header"));
        let mut keyed = keyed.by_ref().collect::<Result<Vec<_>, _>>()?;
        keyed.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        keyed.dedup();
        Ok(Settings {
            limits: self.limits,
            leeway: self.leeway,
            max_variants: self.max_variants,
            validation: self.validation,
            keep_at_most: self.keep_at_most,
            scheme: self.scheme.as_str().into(),
            keyed,
            tag_header: header(&self.tag_header, "tag_header")?,
            purge: self.purge()?,
            status: self.status.as_deref().map(Box::from),
            obeys_clients: self.obeys_clients,
            lent: self.lent,
        })
    }

    fn purge(&self) -> Result<Option<PurgeSettings>, Error> {
        let Some(token) = &self.token else {
            if self.path.is_some() {
                let text = "purge_path needs a purge_token, or anybody could purge";
                return Err(Error::config("build", text));
            }
            return Ok(None);
        };
        // The token itself is never shown.
        if token.len() < SHORTEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let text = "purge_token: use 16 visible ASCII characters or more, drawn at random";
            return Err(Error::config("build", text));
        }
        if let Some(path) = self.path.as_deref().filter(|path| !path.starts_with('/')) {
            return Err(Error::config("build", format!("purge_path: {path:?} begins with no /")));
        }
        let path = self.path.as_deref().map(Box::from);
        Ok(Some(PurgeSettings { token: token.as_bytes().into(), path }))
    }
}

/// In characters: what nobody guesses.
const SHORTEST_TOKEN: usize = 16;
