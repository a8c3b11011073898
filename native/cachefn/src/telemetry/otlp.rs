//! Spans to a collector of OpenTelemetry, as protobuf over HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cachefn_core::Error;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::client::client;
use super::environment::refused;
use super::options::TelemetryOptions;
use super::settled::Settled;

/// Sends spans to a collector until it is ended: by [`shutdown`](Telemetry::shutdown), or as a part of a
/// `Shutdown`, last of all. A thread of its own sends them in batches; what cannot be sent is dropped, and
/// never holds up the program.
#[derive(Debug, Clone)]
pub struct Telemetry {
    provider: SdkTracerProvider,
    ended: Arc<Mutex<bool>>,
    ignored: Arc<[String]>,
}

/// Makes all spans of the program go to a collector, if they are important enough. It becomes the
/// subscriber of the process; a program that has one adds a [`layer`] to it. What the environment says and cannot be
/// meant is told by [`Telemetry::ignored`] alone: a program prints it.
///
/// # Errors
/// Of kind `config` when there is a subscriber already, and for what [`layer`] refuses.
pub fn init(options: TelemetryOptions) -> Result<Telemetry, Error> {
    let (layer, telemetry) = layer(options)?;
    let installed = tracing_subscriber::registry().with(layer).try_init();
    let taken =
        "the program has a subscriber of `tracing` already; add telemetry::layer(…) to that one";
    installed.map_err(|_| refused(taken.into()))?;
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
/// Of kind `config` when the endpoint is no `http` URL (nor an `https` one, with the feature `tls`), a header or a
/// certificate cannot be used, or the sampled part is not between 0 and 1.
pub fn layer<S>(options: TelemetryOptions) -> Result<(impl Layer<S> + use<S>, Telemetry), Error>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let settled = Settled::of(&options, &|name| std::env::var(name).ok())?;
    let attributes = settled.attributes.iter().cloned();
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(attributes.map(|(name, value)| KeyValue::new(name, value)))
        .build();
    let mut builder = SdkTracerProvider::builder();
    if settled.is_enabled {
        builder = builder.with_batch_exporter(exporter(&settled)?);
    }
    let provider = builder.with_sampler(settled.sampler).with_resource(resource).build();
    let layer = settled.is_enabled.then(|| {
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("cachefn"));
        layer.with_filter(LevelFilter::from_level(options.level))
    });
    Ok((layer, Telemetry { provider, ended: Arc::default(), ignored: settled.ignored.into() }))
}

impl Telemetry {
    /// What the environment says and cannot be meant. By the rules of OpenTelemetry it counts as not said, so that a
    /// variable for another program stops none; tell it to whoever reads the log.
    ///
    /// ```
    /// use cachefn::telemetry::{TelemetryOptions, layer};
    /// let (_, telemetry) = layer::<tracing_subscriber::Registry>(TelemetryOptions::new("shop"))?;
    /// assert!(telemetry.ignored().is_empty()); // OTEL_TRACES_SAMPLER=some would be told here
    /// # Ok::<(), cachefn::Error>(())
    /// ```
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

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

fn exporter(settled: &Settled) -> Result<SpanExporter, Error> {
    let builder = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let builder = builder.with_http_client(client(settled)?);
    let headers = settled.headers.iter().cloned().collect();
    let builder = builder.with_endpoint(&settled.endpoint).with_timeout(settled.timeout);
    // The text of its error shows the endpoint, which may have a secret in it.
    let refusal =
        |_| refused("the endpoint is no URL that can be asked; give http://host:port".into());
    builder.with_headers(headers).build().map_err(refusal)
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
