//! What holds in the end, of what a program and its environment say of telemetry.

use std::time::Duration;

use cachefn_core::Error;
use opentelemetry_sdk::trace::Sampler;
use reqwest::Url;

use super::environment::{Environment, by_parent, check_header, is_part, refused, traces_of};
use super::options::TelemetryOptions;

/// The settings of an exporter.
#[derive(Debug)]
pub(super) struct Settled {
    /// Whether anything is sent.
    pub(super) is_enabled: bool,
    pub(super) endpoint: String,
    pub(super) timeout: Duration,
    pub(super) sampler: Sampler,
    /// What is said of the program, the later the more it counts.
    pub(super) attributes: Vec<(String, String)>,
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "there is no TLS"))]
    pub(super) ca_certificate: Option<Vec<u8>>,
    /// Sent with each request, the later the more it counts.
    pub(super) headers: Vec<(String, String)>,
    pub(super) ignored: Vec<String>,
}

impl Settled {
    /// # Errors
    /// Of kind `config` when a setting cannot work. Values are not shown: they may have secrets in them.
    pub(super) fn of(
        options: &TelemetryOptions,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let mut environment = Environment::new(variable);
        for (name, value) in &options.headers {
            check_header(name, value)?;
        }
        if options.timeout == Some(Duration::ZERO) {
            let why = "a timeout of zero, in which nothing can be sent; give a longer one";
            return Err(refused(why.into()));
        }
        let sampler = match options.sampling {
            Some(part) if is_part(part) => by_parent(Sampler::TraceIdRatioBased(part)),
            Some(part) => {
                return Err(refused(format!("{part} is no part of all traces; give 0 to 1")));
            }
            None => environment.sampler(),
        };
        let name = ("service.name".to_string(), options.program.clone());
        let mut attributes = vec![name];
        attributes.extend(environment.attributes());
        attributes.extend(environment.service_name().map(|name| ("service.name".into(), name)));
        attributes.extend(options.attributes.iter().cloned());
        let is_enabled = environment.is_enabled();
        let given = options.endpoint.as_ref().map(|url| (traces_of(url), "the endpoint"));
        // A program that sends nothing is not stopped by a variable that is meant for others.
        let is_checked = is_enabled || given.is_some();
        let (endpoint, source) = given
            .or_else(|| environment.endpoint())
            .unwrap_or_else(|| (traces_of("http://localhost:4318"), "the endpoint"));
        if is_checked {
            check_endpoint(&endpoint, source)?;
        }
        environment.check_transport();
        let has_tls = is_enabled && endpoint.starts_with("https:");
        let ca_certificate = match (&options.ca_certificate, has_tls) {
            (Some(given), true) => Some(given.clone()),
            (None, true) => environment.ca_certificate()?,
            (_, false) => None,
        };
        let mut headers = options.headers.clone();
        headers.extend(environment.headers());
        Ok(Settled {
            is_enabled,
            endpoint,
            timeout: options.timeout.or_else(|| environment.timeout()).unwrap_or(TIMEOUT),
            sampler,
            attributes,
            ca_certificate,
            headers,
            ignored: environment.ignored,
        })
    }
}

fn check_endpoint(url: &str, source: &str) -> Result<(), Error> {
    let Some((scheme, _)) = url.split_once("://") else {
        return Err(refused(format!("{source} has no scheme; give http://host:port")));
    };
    match scheme {
        "http" => {}
        "https" if cfg!(feature = "tls") => {}
        "https" => {
            let what =
                "give cachefn the feature tls, or http://host:port of a collector near the program";
            return Err(refused(format!("{source} is https://…, which needs TLS; {what}")));
        }
        _ => {
            let what = "give http://host:port or https://host:port";
            return Err(refused(format!("{source} is {scheme}://…; {what}")));
        }
    }
    let Ok(parsed) = url.parse::<Url>() else {
        return Err(refused(format!("{source} is no URL; give {scheme}://host:port")));
    };
    // Where a browser would find it, which is not always where it looks as if it were.
    if !parsed.username().is_empty() || parsed.password().is_some() {
        let what = "give it as a header, such as authorization";
        return Err(refused(format!("{source} has a login in it; {what}")));
    }
    Ok(())
}

/// As OpenTelemetry has it.
const TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
