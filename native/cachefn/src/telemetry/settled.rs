//! What holds in the end, of what a program and its environment say of telemetry.

use std::time::Duration;

use cachefn_core::Error;
use opentelemetry_sdk::trace::Sampler;
use reqwest::header::{HeaderName, HeaderValue};

use super::environment::{Environment, by_parent, is_part, refused, traces_of};
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
        let given = options.endpoint.as_ref().map(|url| (traces_of(url), "the endpoint"));
        let (endpoint, source) = given
            .or_else(|| environment.endpoint())
            .unwrap_or_else(|| (traces_of("http://localhost:4318"), "the endpoint"));
        check_endpoint(&endpoint, source)?;
        environment.check_transport();
        let ca_certificate = match (&options.ca_certificate, endpoint.starts_with("https:")) {
            (Some(given), true) => Some(given.clone()),
            (None, true) => environment.ca_certificate()?,
            (_, false) => None,
        };
        Ok(Settled {
            is_enabled: environment.is_enabled(),
            endpoint,
            timeout: options.timeout.or_else(|| environment.timeout()).unwrap_or(TIMEOUT),
            sampler,
            attributes,
            ca_certificate,
            ignored: environment.ignored,
        })
    }
}

fn check_endpoint(url: &str, source: &str) -> Result<(), Error> {
    let Some((scheme, rest)) = url.split_once("://") else {
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
    if rest.split('/').next().is_some_and(|host| host.contains('@')) {
        let what = "give it as a header, such as authorization";
        return Err(refused(format!("{source} has a login in it; {what}")));
    }
    if url.parse::<reqwest::Url>().is_err() {
        return Err(refused(format!("{source} is no URL; give {scheme}://host:port")));
    }
    Ok(())
}

fn check_header(name: &str, value: &str) -> Result<(), Error> {
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

/// As OpenTelemetry has it.
const TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
