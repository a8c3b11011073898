//! What was set for a cache of responses, checked.

use std::time::Duration;

use http::HeaderName;

use super::freshness::Leeway;
use super::storable::Limits;

#[derive(Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) leeway: Leeway,
    pub(super) max_variants: usize,
    /// How long after its lifetime a response is kept to be validated.
    pub(super) validation: Duration,
    pub(super) keep_at_most: Duration,
    /// What requests in origin form are taken to have come by.
    pub(super) scheme: Box<str>,
    pub(super) keyed: Vec<HeaderName>,
    pub(super) tag_header: HeaderName,
    pub(super) purge: Option<PurgeSettings>,
    /// The name of this cache in `Cache-Status`.
    pub(super) status: Option<Box<str>>,
    pub(super) obeys_clients: bool,
    /// Whether the storage is that of others, who end it.
    pub(super) lent: bool,
}

/// Who may purge, and where.
pub(super) struct PurgeSettings {
    pub(super) token: Box<[u8]>,
    pub(super) path: Option<Box<str>>,
}

impl std::fmt::Debug for PurgeSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the token.
        f.debug_struct("PurgeSettings").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Headers by which proxies and attackers say where a request really wanted to go. Applications build
/// links from them, so a response may depend on them though no `Vary` says so: each is part of the key.
pub(super) const KEYED: [&str; 12] = [
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-host",
    "x-original-host",
    "x-original-url",
    "x-rewrite-url",
];

/// Headers by which a GET says that it means another method.
pub(super) const OVERRIDES: [&str; 3] =
    ["x-http-method", "x-http-method-override", "x-method-override"];
