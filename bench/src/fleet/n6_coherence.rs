//! N6: how long after a change another process has let go of what it had.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cachefn_core::{Bus, Cache, Hear, Invalidation, Notice, Postcard};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::TokioRuntime;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::other::Other;
use super::place::text;
use crate::bars::Bar;
use crate::report::Section;
use crate::table::Table;

/// The word by which the other process is asked for.
pub const HEAR: &str = "hear";

/// # Errors
/// The server cannot be reached, or the other process fails.
pub fn run(quick: bool) -> Result<Section, String> {
    let changes = if quick { 1_000 } else { 5_000 };
    let server = Server::start();
    let title = format!("N6  {changes} changes by one process, heard by another one");
    let mut table = Table::new(title, ["ms", "p50", "p99", "longest", "heard"]);
    let mut section = Section::new(json!({}));
    for way in WAYS {
        let figures = change(way, &server.url(), changes)?;
        let at = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
        let [half, most, all] = ["p50", "p99", "longest"].map(at);
        let shown = [half, most, all].map(|figure| format!("{figure:.2}"));
        let heard = [format!("{} of {}", figures["heard"], 2 * changes)];
        table.row([way.to_string()].into_iter().chain(shown).chain(heard));
        if way == BUS {
            let what = "p99 until another process has heard, ms";
            section.bars.push(Bar::at_most("N6", what, most, 5.0));
        }
        section.figures[way] = figures;
    }
    section.tables.push(table);
    Ok(section)
}

/// Changes a key every millisecond, whose name is the time when its change began.
fn change(way: &str, url: &str, changes: usize) -> Result<Value, String> {
    let tokio = tokio()?;
    let other = Other::start(&[HEAR, way, url, &changes.to_string()])?;
    // Long enough for the other one to listen.
    thread::sleep(Duration::from_secs(1));
    let changing = async {
        let (cache, _) = open(way, url).await?;
        for _ in 0..changes {
            // Deleted for nothing: only the way of the message counts.
            cache.delete(&now()).await.map_err(text)?;
            cache.set(now(), 1).await.map_err(text)?;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok::<_, String>(())
    };
    tokio.block_on(changing)?;
    other.figures()
}

/// The other process: hears of all changes, and how long each was under way.
///
/// # Errors
/// The server cannot be reached.
pub fn hear(way: &str, url: &str, changes: &str) -> Result<Value, String> {
    let changes: usize = changes.parse().map_err(text)?;
    tokio()?.block_on(async {
        let (_cache, bus) = open(way, url).await?;
        let delays = Arc::new(Mutex::new(Vec::new()));
        let heard = delays.clone();
        let hear: Hear = Arc::new(move |notice| {
            let Notice::Message(message) = notice else { return };
            let Invalidation::Keys(keys) = message.what else { return };
            let times = keys.iter().filter_map(|key| key.parse::<u64>().ok());
            let times = times.map(|then| now().saturating_sub(then));
            heard.lock().unwrap_or_else(PoisonError::into_inner).extend(times);
        });
        let _hearing = bus.subscribe(hear);
        let began = Instant::now();
        let delays = || delays.lock().unwrap_or_else(PoisonError::into_inner);
        while delays().len() < 2 * changes && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut delays = delays().clone();
        delays.sort_unstable();
        let last = delays.len().checked_sub(1).ok_or("no change was heard")?;
        let at = |part: f64| delays[(last as f64 * part).ceil() as usize] as f64 / 1e6;
        let heard = delays.len();
        Ok(json!({ "p50": at(0.5), "p99": at(0.99), "longest": at(1.0), "heard": heard }))
    })
}

/// The caches of both processes; keys are times.
async fn open(way: &str, url: &str) -> Result<(Cache<u64, u64>, Arc<dyn Bus>), String> {
    let redis = Redis::connect(url).await.map_err(text)?;
    let runtime = TokioRuntime::current().map_err(text)?;
    let builder = Cache::<u64, u64>::builder("delay").codec(Postcard);
    if way == BUS {
        let bus = redis.bus(runtime);
        let builder = builder.storage(redis.storage());
        return Ok((builder.bus(bus.clone()).build().map_err(text)?, Arc::new(bus)));
    }
    let tracking = redis.tracking(runtime);
    let builder = builder.storage(tracking.storage());
    Ok((builder.bus(tracking.clone()).build().map_err(text)?, Arc::new(tracking)))
}

fn tokio() -> Result<Runtime, String> {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(text)
}

/// Nanoseconds of the machine's clock, which both processes read.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

const BUS: &str = "bus";
const WAYS: [&str; 2] = [BUS, "tracking"];
/// For all messages.
const PATIENCE: Duration = Duration::from_secs(60);
