//! What `shop` shows: clients before, while and after Redis is away, and what watches and steers the instances.

use std::path::Path;

use cachefn_servers::Server;

use crate::Failure;
use crate::catalogue::PRODUCTS;
use crate::clients::{Load, Measured};
use crate::collector::Collector;
use crate::fleet::Fleet;
use crate::prometheus::Prometheus;
use crate::shown::{health, metrics, steering, trace};
use crate::site::Site;
use crate::table::table;

/// Starts all of it, instances of this program among it, and prints what comes of it. All ends with it.
///
/// # Errors
/// Something does not start, a request has failed, or an instance has not ended cleanly.
pub async fn show(program: &Path, requests: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    println!("Making a catalogue of {PRODUCTS} products …");
    let redis = Server::start();
    let mut site = Site::new(program, folder.path(), &redis.url())?;
    let collector = or_without(Collector::start().await);
    if let Some(collector) = &collector {
        site = site.with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
        site = site.with("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
        site = site.with("OTEL_TRACES_SAMPLER_ARG", SAMPLED).with("OTEL_BSP_SCHEDULE_DELAY", 200);
    }
    let fleet = Fleet::start(&site).await?;
    let addresses = fleet.addresses();
    let prometheus = or_without(Prometheus::start(&addresses).await);

    let load = Load { clients: 64, requests, seed: 1 };
    println!("{} clients ask {} and {} …", load.clients, addresses[0], addresses[1]);
    let mut phases = vec![("empty caches", load.run(&addresses).await)];
    phases.push(("with Redis", Load { seed: 4, ..load }.run(&addresses).await));
    redis.kill();
    println!("Redis is stopped …");
    phases.push(("without Redis", Load { seed: 2, ..load }.run(&addresses).await));
    let mut told = Vec::new();
    if let Some(prometheus) = &prometheus {
        told.push(health(prometheus, 0.0).await?);
    }
    redis.begin();
    println!("Redis is started again …\n");
    phases.push(("Redis again", Load { seed: 3, ..load }.run(&addresses).await));
    print!("{}", table(&phases));

    if let Some(prometheus) = &prometheus {
        fleet.wait_until_healthy().await?;
        told.push(health(prometheus, 1.0).await?);
        println!("\nWhat both instances told Prometheus:\n{}", metrics(prometheus).await?);
        println!("  cache_l2_health_status\n    Redis stopped: {}; now: {}", told[0], told[1]);
    }
    if let Some(collector) = &collector {
        println!("\nA trace that a collector of OpenTelemetry received:");
        print!("{}", trace(collector, addresses[0]).await?);
    }
    println!("\nA price has changed in the catalogue, and the caches are told so:");
    print!("{}", steering(&site, &fleet).await?);
    fleet.end().await?;
    failure(&phases).map_or(Ok(()), |why| Err(format!("a request failed: {why}").into()))
}

/// What is missing is said, and the rest is shown without it.
fn or_without<T>(started: Result<T, Failure>) -> Option<T> {
    started.inspect_err(|why| println!("{why}")).ok()
}

fn failure<'m>(phases: &'m [(&str, Measured)]) -> Option<&'m String> {
    phases.iter().find_map(|(_, measured)| measured.first_failure.as_ref())
}

/// Of the clients' requests; who says that a trace is followed has it followed.
const SAMPLED: f64 = 0.01;
