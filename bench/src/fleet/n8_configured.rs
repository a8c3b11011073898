//! N8: caches of a configuration beside the same built by hand: a hit, a hit that is watched, and opening fifty.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use cachefn::config::Config;
use cachefn::registry::Registry;
use cachefn_core::{Cache, Postcard};
use cachefn_tokio::{Guarded, Outbox};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde_json::{Value, json};

use super::place::{LIFE, Place, text};
use crate::bars::Bar;
use crate::measure::{Costs, interleaved, median};
use crate::numbers::{Reader, now};
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;

/// # Errors
/// The server cannot be reached.
pub fn run(seed: u64, quick: bool) -> Result<Section, String> {
    let place = Place::new()?;
    let (rounds, reads, openings) = if quick { (11, 1 << 16, 7) } else { (31, 1 << 18, 21) };
    let mut random = Random::new(seed);
    let asked: Vec<u64> = (0..reads).map(|_| u64::from(random.below(KEYS as u32))).collect();
    let mut contenders = contenders(&place)?;
    let costs = interleaved(&mut contenders, rounds, |contender, _| contender.cost(&asked));
    let names: Vec<&str> = contenders.iter().map(|contender| contender.name).collect();
    let opened = openings_of_fifty(&place, openings)?;

    let mut section = Section::new(json!({
        "hits": names.iter().zip(&costs).map(figures).collect::<Value>(),
        "open_50_ms": opened,
    }));
    let of = |name: &str| &costs[names.iter().position(|own| *own == name).unwrap_or_default()];
    let mut table = Table::new(
        "N8  a hit in memory, two tiers over Redis, u64 -> u64, 1k keys".to_string(),
        ["", "ns of CPU time", "x by hand", "x by configuration"],
    );
    for (name, costs) in names.iter().zip(&costs) {
        let ratios = [BY_HAND, CONFIGURED].map(|base| format!("{:.2}", costs.ratio(of(base))));
        let ns = format!("{:.1}", costs.median().cpu);
        table.row([name.to_string(), ns].into_iter().chain(ratios));
    }
    section.tables.push(table);
    let ratio = of(FUNCTION).ratio(of(BY_HAND));
    section.bars.push(Bar::at_most("N8", "hit of a function, x by hand", ratio, 1.2));
    for watched in [MEASURED, RECORDED, TRACED] {
        let ratio = of(watched).ratio(of(CONFIGURED));
        let what = format!("hit {watched}, x one that nobody watches");
        section.bars.push(Bar::at_most("N8", what, ratio, NO_COST));
    }
    section.bars.push(Bar::at_most("N8", "ms to open 50 services of two tiers", opened, 50.0));
    Ok(section)
}

#[cachefn::cachefn(cache = "n8_function")]
async fn number(key: u64) -> u64 {
    key
}

fn contenders(place: &Place) -> Result<Vec<Reader>, String> {
    let (configured, measured, hand) = place.tokio.block_on(async {
        let registry = |metrics, service| opened(place, metrics, service);
        let plain = registry(false, "n8_function").await?;
        let measured = registry(true, "n8_measured").await?;
        let hand = by_hand(place).await?;
        let caches = [(&plain, "n8_function"), (&measured, "n8_measured")];
        let [plain, measured] = caches.map(|(registry, name)| {
            registry.named(name).and_then(|named| named.cache::<u64, u64>()).map_err(text)
        });
        let (plain, measured) = (plain?, measured?);
        for key in 0..KEYS as u64 {
            number(key).await;
            for cache in [&plain, &measured, &hand] {
                cache.set(key, key).await.map_err(text)?;
            }
        }
        Ok::<_, String>((plain, measured, hand))
    })?;
    let recorder: &'static Counting = Box::leak(Box::default());
    let watched = || Reader::awaited(MEASURED, measured.clone());
    Ok(vec![
        Reader::awaited(BY_HAND, hand),
        Reader::awaited(CONFIGURED, configured),
        Reader::new(FUNCTION, |key| now(number(key))),
        watched(),
        watched().within(RECORDED, |read| metrics::with_local_recorder(recorder, read)),
        watched().within(TRACED, |read| {
            tracing::subscriber::with_default(tracing_subscriber::registry(), read)
        }),
    ])
}

async fn opened(place: &Place, metrics: bool, service: &str) -> Result<Registry, String> {
    let text_of = format!(
        "[global]\nmetrics = {metrics}\n[services.{service}]\ncache_type = \"two-level\"\nttl = \"10m\"\n\
         l1.max_entries = {}\nl2.connection_string = {:?}\n",
        2 * KEYS,
        place.server.url()
    );
    let config = Config::read(&text_of).map_err(text)?;
    Registry::open_everywhere(config).await.map_err(text)
}

/// What a registry builds, without one.
async fn by_hand(place: &Place) -> Result<Cache<u64, u64>, String> {
    let runtime = place.runtime();
    let storage = Guarded::new(place.redis.storage(), runtime.clone());
    let outbox = Outbox::new(storage.clone(), runtime.clone()).health(&storage.health());
    let outbox = outbox.build().await.map_err(text)?;
    let bus = outbox.bus(place.redis.bus(runtime.clone()));
    let builder = Cache::<u64, u64>::builder("n8_hand").max_entries(2 * KEYS).ttl(LIFE);
    let builder = builder.storage(outbox).codec(Postcard).bus(bus).runtime(runtime);
    let cache = builder.build().map_err(text)?;
    cache.ready().await.map_err(text)?;
    Ok(cache)
}

/// The middle of some times, in milliseconds, in which a text became fifty services that hear each other.
fn openings_of_fifty(place: &Place, openings: usize) -> Result<f64, String> {
    let mut text_of = String::new();
    for number in 0..50 {
        let _ = write!(
            text_of,
            "[services.s{number}]\ncache_type = \"two-level\"\nttl = \"10m\"\n\
             l2.connection_string = {:?}\n",
            place.server.url()
        );
    }
    let one = || {
        place.tokio.block_on(async {
            let start = Instant::now();
            let config = Config::read(&text_of).map_err(text)?;
            let registry = Registry::open(config).await.map_err(text)?;
            let took = start.elapsed().as_secs_f64() * 1e3;
            let ended = registry.shutdown_all(LIFE).await;
            if ended.is_clean() { Ok(took) } else { Err(ended.to_string()) }
        })
    };
    one()?; // the first one also wakes the server up
    Ok(median((0..openings).map(|_| one()).collect::<Result<_, _>>()?))
}

fn figures((name, costs): (&&str, &Costs)) -> Value {
    json!({ "name": name, "cpu_ns": costs.median().cpu })
}

/// A recorder that counts.
#[derive(Default)]
struct Counting(Arc<AtomicU64>);

impl Recorder for Counting {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.0.clone())
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.0.clone())
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

const KEYS: usize = 1_000;
/// What rounds differ by is no cost; that the instructions are the same, the tests of cachefn assert.
const NO_COST: f64 = 1.1;
const BY_HAND: &str = "by hand";
const CONFIGURED: &str = "by configuration";
const FUNCTION: &str = "a function by configuration";
const MEASURED: &str = "with metrics and no recorder";
const RECORDED: &str = "with metrics and a recorder";
const TRACED: &str = "with tracing and a subscriber";
