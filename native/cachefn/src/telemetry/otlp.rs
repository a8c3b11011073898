//! Spans to a collector of OpenTelemetry, as protobuf over HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cachefn_core::Error;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::options::TelemetryOptions;

/// Sends spans to a collector until it is ended: by [`shutdown`](Telemetry::shutdown), or as a part of a
/// `Shutdown`, last of all. A thread of its own sends them in batches; what cannot be sent is dropped, and
/// never holds up the program.
#[derive(Debug, Clone)]
pub struct Telemetry {
    provider: SdkTracerProvider,
    ended: Arc<Mutex<bool>>,
}

/// Makes all spans of the program go to a collector, if they are important enough. It becomes the
/// subscriber of the process; a program that has one adds a [`layer`] to it.
///
/// # Errors
/// Of kind `config` when there is a subscriber already, and for what [`layer`] refuses.
pub fn init(options: TelemetryOptions) -> Result<Telemetry, Error> {
    let (layer, telemetry) = layer(options)?;
    let installed = tracing_subscriber::registry().with(layer).try_init();
    let taken =
        "the program has a subscriber of `tracing` already; add telemetry::layer(…) to that one";
    installed.map_err(|_| Error::config(OPERATION, taken))?;
    Ok(telemetry)
}

/// The same for a program with a subscriber of its own.
///
/// ```
/// use cachefn::telemetry::{TelemetryOptions, layer};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let options = TelemetryOptions::new("shop").endpoint("http://127.0.0.1:4318");
/// let (layer, telemetry) = layer(options)?;
/// let subscriber = tracing_subscriber::registry().with(layer); // and others
/// drop(subscriber);
/// assert_eq!(telemetry.shutdown(std::time::Duration::from_secs(1)), Ok(()));
/// # Ok::<(), cachefn::Error>(())
/// ```
///
/// # Errors
/// Of kind `config` when the endpoint is no `http` URL, a header cannot be sent, or the sampled part is not
/// between 0 and 1.
pub fn layer<S>(options: TelemetryOptions) -> Result<(impl Layer<S> + use<S>, Telemetry), Error>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let sampler = match options.sampling {
        part if (0.0..=1.0).contains(&part) => Sampler::TraceIdRatioBased(part),
        part => return Err(refused(format!("{part} is no part of all traces; give 0 to 1"))),
    };
    let attributes = options.attributes.iter().cloned();
    let resource = Resource::builder()
        .with_service_name(options.program.clone())
        .with_attributes(attributes.map(|(name, value)| KeyValue::new(name, value)))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter(&options)?)
        .with_sampler(Sampler::ParentBased(Box::new(sampler)))
        .with_resource(resource)
        .build();
    let tracer = provider.tracer("cachefn");
    let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    let layer = layer.with_filter(LevelFilter::from_level(options.level));
    Ok((layer, Telemetry { provider, ended: Arc::default() }))
}

impl Telemetry {
    /// Sends what has ended by now, and waits for it. It blocks the thread.
    ///
    /// # Errors
    /// When the collector could not be told.
    pub fn flush(&self) -> Result<(), Error> {
        told("flush", self.provider.force_flush())
    }

    /// Sends what has ended by now, for as long as the deadline allows, and ends the thread that does. It
    /// blocks; in a program on an executor [`Ends`](crate::tokio::Ends) does not. A second time does nothing.
    ///
    /// # Errors
    /// When the collector could not be told in that time.
    pub fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        // Whoever comes second waits for the first one.
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *ended, true) {
            return Ok(());
        }
        told("end", self.provider.shutdown_with_timeout(deadline))
    }
}

fn exporter(options: &TelemetryOptions) -> Result<SpanExporter, Error> {
    let mut builder = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    if let Some(endpoint) = &options.endpoint {
        if !endpoint.starts_with("http://") {
            let scheme = endpoint.split("://").next().filter(|scheme| *scheme != endpoint);
            return Err(refused(match scheme {
                Some(scheme) => format!(
                    "the endpoint is {scheme}://…; give http://host:port of a collector near the program"
                ),
                None => "the endpoint has no scheme; give http://host:port".into(),
            }));
        }
        builder = builder.with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')));
    }
    if let Some(timeout) = options.timeout {
        builder = builder.with_timeout(timeout);
    }
    let headers = options.headers.iter().cloned().collect();
    // The texts of these errors show settings; the headers are not among them.
    builder.with_headers(headers).build().map_err(|error| refused(error.to_string()))
}

fn refused(why: String) -> Error {
    Error::config(OPERATION, why)
}

fn told(operation: &'static str, result: OTelSdkResult) -> Result<(), Error> {
    match result {
        Ok(()) | Err(OTelSdkError::AlreadyShutdown) => Ok(()),
        Err(OTelSdkError::Timeout(limit)) => {
            Err(Error::timeout(operation, format!("the collector did not answer in {limit:?}")))
        }
        Err(OTelSdkError::InternalFailure(why)) => Err(Error::unavailable(operation, why)),
    }
}

const OPERATION: &str = "telemetry";
