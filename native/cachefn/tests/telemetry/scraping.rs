//! Prometheus over loopback: every promised name is there, with its labels.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use cachefn::telemetry::{Kind, METRICS, Measured, Observations, observe};
use cachefn::tokio::{Guarded, Log, Outbox, TokioRuntime};
use cachefn::{Cache, Postcard};
use cachefn_conformance::{Chaos, Faults, MapStorage};
use metrics::set_default_local_recorder;
use metrics_exporter_prometheus::{BuildError, ExporterFuture, PrometheusRecorder};

use crate::scraped::{Scraped, builder};

/// Listens on a port of its own; another process may take it between the two looks.
fn listening() -> (SocketAddr, PrometheusRecorder, ExporterFuture) {
    for _ in 0..100 {
        let address = {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            free.local_addr().unwrap()
        };
        match builder().with_http_listener(address).build() {
            Ok((recorder, serving)) => return (address, recorder, serving),
            Err(BuildError::FailedToCreateHTTPListener(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no port is free");
}

fn scrape(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, page) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    page.into()
}

#[tokio::test]
async fn every_promised_name_is_scraped_with_its_labels_and_its_kind() {
    let (address, recorder, serving) = listening();
    let server = tokio::spawn(serving);
    let _recorder = set_default_local_recorder(&recorder);

    // A cache over all that can stand before a storage, which is down.
    let (folder, runtime) = (tempfile::tempdir().unwrap(), TokioRuntime::current().unwrap());
    let chaos = Chaos::new(MapStorage::new(), 7);
    let guarded = Guarded::new(Measured::new(chaos.clone(), "users"), runtime.clone());
    let health = guarded.health();
    let log = Log::open(folder.path().join("outbox")).unwrap();
    let outbox = Outbox::new(guarded, runtime.clone()).log(log).build().await.unwrap();
    let cache = Cache::<u64, u64>::builder("users").storage(outbox.clone()).codec(Postcard);
    let users = cache.build().unwrap();
    let observations = Observations::default();
    let observation = observe(&users, "users").health(&health).bus(|| false);
    observations.add(observation.logged_outbox(&outbox));
    let reporting = observations.report_every(Duration::from_secs(3600), runtime.clone());
    users.get_or_fetch(&1, async || 1).await;
    chaos.inject(Faults::down());
    users.set(2, 2).await.unwrap();
    observations.report();

    let text = tokio::task::spawn_blocking(move || scrape(address)).await.unwrap();
    let page = Scraped::read(&text);
    let of = |name| page.value(name, r#"service="users""#);
    assert_eq!([of("cache_wal_entries"), of("cache_batch_write_buffer_size")], [Some(1.0); 2]);
    assert_eq!(of("cache_l2_health_status"), Some(1.0), "one failure is not yet an outage");
    assert_eq!(of("cache_bus_health_status"), Some(0.0));
    for metric in METRICS {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            _ => panic!("a kind that is not known here"),
        };
        assert_eq!(page.kinds.get(metric.name).map(String::as_str), Some(kind), "{}", metric.name);
        let count = if kind == "histogram" { "_count" } else { "" };
        let labels = page.labels(&format!("{}{count}", metric.name));
        let promised: Vec<String> = metric.labels.iter().map(ToString::to_string).collect();
        assert_eq!(labels.into_iter().collect::<Vec<_>>(), [promised], "{}", metric.name);
        assert!(text.contains(&format!("# HELP {} {}", metric.name, metric.about)));
    }

    drop(reporting);
    server.abort();
    outbox.shutdown(Duration::ZERO).await;
}

#[tokio::test(start_paused = true)]
async fn reports_come_with_each_interval_until_their_guard_is_dropped() {
    let exporter = crate::scraped::exporter();
    let _recorder = set_default_local_recorder(&exporter);
    let sets = || {
        let page = Scraped::read(&exporter.handle().render());
        let labels = r#"service="users",layer="l1",operation="set",result="ok""#;
        page.value("cache_requests_total", labels)
    };
    let runtime = TokioRuntime::current().unwrap();
    let users = Arc::new(cachefn::MemoryCache::<u64, u64>::builder().build().unwrap());
    let observations = Observations::default();
    observations.add(observe(&users, "users"));
    let reporting = observations.report_every(Duration::from_secs(10), runtime.clone());
    tokio::task::yield_now().await;
    assert_eq!(sets(), Some(0.0), "once at the beginning");

    users.set(1, 1).unwrap();
    // A clock that only a test moves.
    tokio::time::advance(Duration::from_secs(9)).await;
    assert_eq!(sets(), Some(0.0));
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::task::yield_now().await;
    assert_eq!(sets(), Some(1.0));

    drop(reporting);
    tokio::task::yield_now().await;
    assert_eq!(runtime.tasks(), 0);
}
