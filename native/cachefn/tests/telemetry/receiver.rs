//! A collector of OpenTelemetry on loopback: it takes spans as protobuf over HTTP, by TLS too, and keeps them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// One request, as it was read.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) message: ExportTraceServiceRequest,
}

/// Listens until it is dropped.
pub(crate) struct Receiver {
    scheme: &'static str,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    is_over: Arc<AtomicBool>,
    server: Option<JoinHandle<()>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Receiver::listen("http", |stream| Some(answer(stream)))
    }

    /// One that takes connections by TLS alone, as that server. Those who do not trust it are not heard.
    #[cfg(feature = "tls")]
    pub(crate) fn start_tls(server: &cachefn_servers::Pair) -> Self {
        let config = Arc::new(tls(server));
        Receiver::listen("https", move |mut stream| {
            let mut connection = rustls::ServerConnection::new(config.clone()).unwrap();
            connection.complete_io(&mut stream).ok()?;
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let request = answer(&mut stream);
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            Some(request)
        })
    }

    fn listen(
        scheme: &'static str,
        hear: impl Fn(TcpStream) -> Option<Request> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, is_over) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicBool>::default());
        let (received, over) = (requests.clone(), is_over.clone());
        let server = thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(SeqCst) {
                    return;
                }
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                received.lock().unwrap().extend(hear(stream));
            }
        });
        Receiver { scheme, address, requests, is_over, server: Some(server) }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.head.clone()).collect()
    }

    /// What was said of the programs that sent something.
    pub(crate) fn resources(&self) -> Vec<BTreeMap<String, String>> {
        let requests = self.requests.lock().unwrap();
        let all = requests.iter().flat_map(|request| &request.message.resource_spans);
        all.map(|spans| attributes(&spans.resource.as_ref().unwrap().attributes)).collect()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().unwrap();
        let all = requests.iter().flat_map(|request| &request.message.resource_spans);
        let scopes = all.flat_map(|spans| &spans.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// All spans of this name, in the order of their beginnings.
    pub(crate) fn all(&self, name: &str) -> Vec<Span> {
        let mut spans = self.spans();
        spans.retain(|span| span.name == name);
        spans.sort_by_key(|span| span.start_time_unix_nano);
        spans
    }

    /// The one span of this name.
    pub(crate) fn span(&self, name: &str) -> Span {
        let spans = self.spans();
        let names: Vec<_> = spans.iter().map(|span| span.name.clone()).collect();
        let mut found = spans.into_iter().filter(|span| span.name == name);
        let span = found.next().unwrap_or_else(|| panic!("no span {name} among {names:?}"));
        assert!(found.next().is_none(), "one span {name} among {names:?}");
        span
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_over.store(true, SeqCst);
        drop(TcpStream::connect(self.address));
        let server = self.server.take().unwrap();
        assert!(server.join().is_ok() || thread::panicking(), "the receiver has failed");
    }
}

/// Attributes by name, as text.
pub(crate) fn attributes(list: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| match pair.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    list.iter().map(|pair| (pair.key.clone(), text(pair))).collect()
}

fn answer(stream: impl Read + Write) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).unwrap() > 2 {}
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let message = ExportTraceServiceRequest::decode(&*body).unwrap();
    // An empty message is an answer without a body.
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    reader.get_mut().write_all(answer.as_bytes()).unwrap();
    Request { head, message }
}

#[cfg(feature = "tls")]
fn tls(server: &cachefn_servers::Pair) -> rustls::ServerConfig {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let certificate = CertificateDer::from_pem_file(&server.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&server.key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    builder.with_single_cert(vec![certificate], key).unwrap()
}
