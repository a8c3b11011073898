//! A real collector of OpenTelemetry: Rotel, which prints the spans that it receives.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use cachefn_servers::Program;

use crate::Failure;
use crate::programs::Wanted;
use crate::span::{Span, spans};
use crate::waiting::until;

/// It ends when this is dropped.
pub struct Collector {
    program: Program,
    endpoint: String,
}

impl Collector {
    /// Starts one.
    ///
    /// # Errors
    /// There is no such program on this machine, and how to get it; or it does not start, and what it says.
    pub async fn start() -> Result<Self, Failure> {
        let words = |_: &Path, [http, grpc]: [SocketAddr; 2]| {
            let listens =
                [format!("--otlp-http-endpoint={http}"), format!("--otlp-grpc-endpoint={grpc}")];
            Ok(PRINTING.map(String::from).into_iter().chain(listens).collect())
        };
        let (program, address) =
            WANTED.start(words, |address| TcpStream::connect(address).is_ok()).await?;
        Ok(Collector { program, endpoint: format!("http://{address}") })
    }

    /// Where spans are to be sent.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What it has received of this trace, once that is as wanted.
    ///
    /// # Errors
    /// It does not become so within a minute; then all that was received.
    pub async fn wait(
        &self,
        trace: &str,
        wanted: impl Fn(&[Span]) -> bool,
    ) -> Result<Vec<Span>, Failure> {
        let mut received = Vec::new();
        let seen = until(async || {
            received = spans(&self.program.log());
            received.retain(|span| span.trace == trace);
            Ok((wanted(&received) || !self.program.is_running()).then(|| wanted(&received)))
        });
        match seen.await? {
            Some(true) => Ok(received),
            _ => Err(format!("the collector has of {trace} only {received:?}").into()),
        }
    }
}

/// Nothing is sent on; the files of one that runs in the background stay in its folder.
const PRINTING: [&str; 6] = [
    "start",
    "--exporter=blackhole",
    "--debug-log=traces",
    "--debug-log-verbosity=detailed",
    "--pid-file=pid",
    "--log-file=background.log",
];
const WANTED: Wanted = Wanted {
    variable: "ROTEL",
    name: "rotel-agent",
    from: "`pip download --no-deps rotel` has it",
};
