//! Where spans go, and what is said with all of them.

use std::time::Duration;

/// How spans reach a collector of OpenTelemetry. Only the name of the program must be given.
///
/// ```
/// use cachefn::telemetry::TelemetryOptions;
/// let options = TelemetryOptions::new("shop")
///     .endpoint("http://127.0.0.1:4318")
///     .attribute("deployment.environment.name", "staging")
///     .sampling(0.1);
/// let shown = format!("{:?}", options.header("authorization", "secret"));
/// assert!(!shown.contains("secret"));
/// ```
#[derive(Clone)]
pub struct TelemetryOptions {
    pub(super) program: String,
    pub(super) endpoint: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) sampling: Option<f64>,
    pub(super) ca_certificate: Option<Vec<u8>>,
    pub(super) level: tracing::Level,
}

impl TelemetryOptions {
    /// Spans of a program of this name, `service.name`, to the collector that the environment names
    /// (`OTEL_EXPORTER_OTLP_ENDPOINT`), or to the one on this machine, port 4318. The name is what the program is
    /// called unless its environment calls it otherwise (`OTEL_SERVICE_NAME`); an [`attribute`](Self::attribute)
    /// of that name has the last word. The other variables of OpenTelemetry hold where nothing is said here; which
    /// ones is told in [the guide](https://docs.rs/cachefn-core/latest/cachefn_core/guide/operations/index.html).
    pub fn new(program: impl Into<String>) -> Self {
        TelemetryOptions {
            program: program.into(),
            endpoint: None,
            headers: Vec::new(),
            attributes: Vec::new(),
            timeout: None,
            sampling: None,
            ca_certificate: None,
            level: tracing::Level::INFO,
        }
    }

    /// The collector, without a path: `http://host:4318`, or with the feature `tls` `https://host:4318`.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// The authority that signed the certificate of the collector, in PEM, instead of those that this machine
    /// trusts. It counts for `https` alone.
    ///
    /// ```
    /// use cachefn::telemetry::{TelemetryOptions, layer};
    /// let options = TelemetryOptions::new("shop").endpoint("https://collector:4318").ca_certificate("no PEM");
    /// assert!(layer::<tracing_subscriber::Registry>(options).is_err());
    /// ```
    #[must_use]
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_certificate = Some(pem.into());
        self
    }

    /// A header of each request, for who guards the collector.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// What is said of the program beside its name, as `deployment.environment.name`.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// How long a request to the collector may take; 10 seconds unless the environment says otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Which part of all traces is sent, from 0 to 1; a trace that somebody else began goes on as it did. All of them,
    /// unless the environment says otherwise (`OTEL_TRACES_SAMPLER`).
    #[must_use]
    pub fn sampling(mut self, part: f64) -> Self {
        self.sampling = Some(part);
        self
    }

    /// The least important spans that are sent; those of storages are of `INFO`.
    #[must_use]
    pub fn level(mut self, level: tracing::Level) -> Self {
        self.level = level;
        self
    }
}

/// Headers are secrets.
impl std::fmt::Debug for TelemetryOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TelemetryOptions")
            .field("program", &self.program)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("sampling", &self.sampling)
            .finish_non_exhaustive()
    }
}
