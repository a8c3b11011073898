//! What the environment says of telemetry, by the names and rules of OpenTelemetry.

use std::time::Duration;

use cachefn_core::Error;
use opentelemetry_sdk::trace::Sampler;
use reqwest::header::{HeaderName, HeaderValue};

/// The variables of a process, or of a test.
pub(super) struct Environment<'e> {
    variable: &'e dyn Fn(&str) -> Option<String>,
    /// What was said and cannot be meant: by OpenTelemetry's rules it is ignored, but not in silence.
    pub(super) ignored: Vec<String>,
}

impl<'e> Environment<'e> {
    pub(super) fn new(variable: &'e dyn Fn(&str) -> Option<String>) -> Self {
        Environment { variable, ignored: Vec::new() }
    }

    /// Whether spans are to be sent at all.
    pub(super) fn is_enabled(&mut self) -> bool {
        let disabled = match self.said("OTEL_SDK_DISABLED") {
            Some(said) if said.eq_ignore_ascii_case("true") => true,
            Some(said) if !said.eq_ignore_ascii_case("false") => {
                self.ignores("OTEL_SDK_DISABLED is neither true nor false");
                false
            }
            _ => false,
        };
        let unexported = match self.said("OTEL_TRACES_EXPORTER").as_deref() {
            Some("none") => true,
            None | Some("otlp") => false,
            Some(_) => {
                self.ignores("OTEL_TRACES_EXPORTER is neither otlp nor none");
                false
            }
        };
        !disabled && !unexported
    }

    /// Where spans go, and the variable that says so.
    pub(super) fn endpoint(&self) -> Option<(String, &'static str)> {
        let own = self.said(TRACES_ENDPOINT).map(|url| (url, TRACES_ENDPOINT));
        own.or_else(|| Some((traces_of(&self.said(ENDPOINT)?), ENDPOINT)))
    }

    pub(super) fn timeout(&mut self) -> Option<Duration> {
        let (said, name) = self.for_traces("TIMEOUT")?;
        let parsed = said.parse().ok();
        if parsed.is_none() {
            self.ignores(&format!("{name} is no number of milliseconds"));
        }
        // OpenTelemetry's zero is no limit.
        parsed.map(|ms: u64| if ms == 0 { NO_LIMIT } else { Duration::from_millis(ms) })
    }

    /// The authority of the collector's certificate, as PEM.
    ///
    /// # Errors
    /// Of kind `config` when the file cannot be read, or when a certificate of the program's own is asked for.
    pub(super) fn ca_certificate(&self) -> Result<Option<Vec<u8>>, Error> {
        for what in ["CLIENT_KEY", "CLIENT_CERTIFICATE"] {
            if let Some((_, name)) = self.for_traces(what) {
                let why = "certificates of the program's own are not supported; unset it, and guard the collector by \
                           a header";
                return Err(refused(format!("{name}: {why}")));
            }
        }
        let Some((path, name)) = self.for_traces("CERTIFICATE") else { return Ok(None) };
        let read = std::fs::read(&path);
        read.map(Some).map_err(|error| refused(format!("{name}: {path} cannot be read: {error}")))
    }

    /// Notes what the exporter ignores: how spans are sent is not to be chosen.
    pub(super) fn check_transport(&mut self) {
        if let Some((_, name)) = self.for_traces("PROTOCOL").filter(|(said, _)| said != PROTOCOL) {
            self.ignores(&format!("{name} is not {PROTOCOL}, which alone is spoken here"));
        }
        if let Some((_, name)) = self.for_traces("COMPRESSION").filter(|(said, _)| said != "none") {
            self.ignores(&format!("{name} is not none: spans are not compressed"));
        }
    }

    /// What each request has with it. The exporter reads the variables, too, but not all of them as they are meant, and
    /// leaves out what cannot be sent without a word.
    pub(super) fn headers(&mut self) -> Vec<(String, String)> {
        let Some((said, name)) = self.for_traces("HEADERS") else { return Vec::new() };
        let header = |part: &str| {
            let header = pairs(part)?.pop()?;
            check_header(&header.0, &header.1).is_ok().then_some(header)
        };
        let parts: Vec<&str> = said.split(',').filter(|part| !part.trim().is_empty()).collect();
        let headers: Vec<(String, String)> = parts.iter().filter_map(|part| header(part)).collect();
        if headers.len() < parts.len() {
            let why = "has a part that is no header of the form name=value; that part is ignored";
            self.ignored.push(format!("{name} {why}"));
        }
        headers
    }

    /// The name of the program, if the environment has one.
    pub(super) fn service_name(&self) -> Option<String> {
        self.said("OTEL_SERVICE_NAME")
    }

    /// What is said of the program.
    pub(super) fn attributes(&mut self) -> Vec<(String, String)> {
        let Some(said) = self.said(ATTRIBUTES) else { return Vec::new() };
        pairs(&said).unwrap_or_else(|| {
            self.ignores(&format!("{ATTRIBUTES} has a part that is not name=value"));
            Vec::new()
        })
    }

    /// Which traces are sent.
    pub(super) fn sampler(&mut self) -> Sampler {
        let Some(said) = self.said(SAMPLER) else { return by_parent(Sampler::AlwaysOn) };
        match &*said {
            "always_on" => Sampler::AlwaysOn,
            "always_off" => Sampler::AlwaysOff,
            "traceidratio" => self.part_of_traces(),
            "parentbased_always_on" => by_parent(Sampler::AlwaysOn),
            "parentbased_always_off" => by_parent(Sampler::AlwaysOff),
            "parentbased_traceidratio" => by_parent(self.part_of_traces()),
            _ => {
                self.ignores(&format!("{SAMPLER} is none of those that are known here"));
                by_parent(Sampler::AlwaysOn)
            }
        }
    }

    fn part_of_traces(&mut self) -> Sampler {
        let name = "OTEL_TRACES_SAMPLER_ARG";
        let part = self.said(name).map(|said| said.parse().ok().filter(|part| is_part(*part)));
        if part == Some(None) {
            self.ignores(&format!("{name} is no number from 0 to 1"));
        }
        Sampler::TraceIdRatioBased(part.flatten().unwrap_or(1.0))
    }

    /// A setting of the exporter, for traces or else for all that is exported.
    fn for_traces(&self, what: &str) -> Option<(String, String)> {
        let names =
            [format!("OTEL_EXPORTER_OTLP_TRACES_{what}"), format!("OTEL_EXPORTER_OTLP_{what}")];
        names.into_iter().find_map(|name| Some((self.said(&name)?, name)))
    }

    /// What is empty is as if it were not there.
    fn said(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|said| said.trim().to_string()).filter(|said| !said.is_empty())
    }

    fn ignores(&mut self, why: &str) {
        self.ignored.push(format!("{why}; it is ignored"));
    }
}

/// Where the traces of an endpoint for all signals go.
pub(super) fn traces_of(endpoint: &str) -> String {
    format!("{}/v1/traces", endpoint.trim_end_matches('/'))
}

pub(super) fn by_parent(root: Sampler) -> Sampler {
    Sampler::ParentBased(Box::new(root))
}

pub(super) fn is_part(part: f64) -> bool {
    (0.0..=1.0).contains(&part)
}

pub(super) fn refused(why: String) -> Error {
    Error::config(OPERATION, why)
}

/// # Errors
/// Of kind `config` when it cannot be sent; the value is not shown.
pub(super) fn check_header(name: &str, value: &str) -> Result<(), Error> {
    if HeaderName::try_from(name).is_err() {
        return Err(refused(format!(
            "{name:?} is no name of a header; give letters, digits and -"
        )));
    }
    match HeaderValue::try_from(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(refused(format!("the header {name} has a value that cannot be sent"))),
    }
}

/// `name=value,…`, where values have `%` before what could not stand there; all or nothing.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let name = name.trim();
        (!name.is_empty()).then_some((name.to_string(), decoded(value.trim())?))
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(pair).collect()
}

fn decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

const OPERATION: &str = "telemetry";
/// As good as none, and no clock is too small for it.
const NO_LIMIT: Duration = Duration::from_millis(u32::MAX as u64);
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const PROTOCOL: &str = "http/protobuf";
