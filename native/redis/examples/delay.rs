//! How long after a change another process has let go of what it had: this program starts a Redis and
//! itself once more, changes keys, and prints what the other one saw.
//!
//! `cargo run --release -p cachefn-redis --example delay`

use std::error::Error;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cachefn_core::{Bus, Cache, Hear, Invalidation, Notice, Postcard};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::TokioRuntime;

const CHANGES: usize = 5_000;
const WAYS: [&str; 2] = ["bus", "tracking"];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [way, url] = &arguments[..] {
        return hear(way, url).await;
    }
    let server = Server::start();
    println!("{CHANGES} changes by one process, heard by another one on the same machine");
    for way in WAYS {
        change(way, &server.url()).await?;
    }
    Ok(())
}

/// The caches of both processes; keys are times.
async fn open(way: &str, url: &str) -> Result<(Cache<u64, u64>, Arc<dyn Bus>), Box<dyn Error>> {
    let (redis, runtime) = (Redis::connect(url).await?, TokioRuntime::current()?);
    let builder = Cache::<u64, u64>::builder("delay");
    if way == "bus" {
        let bus = redis.bus(runtime);
        let builder = builder.storage(redis.storage()).codec(Postcard);
        return Ok((builder.bus(bus.clone()).build()?, Arc::new(bus)));
    }
    let tracking = redis.tracking(runtime);
    let builder = builder.storage(tracking.storage()).codec(Postcard);
    Ok((builder.bus(tracking.clone()).build()?, Arc::new(tracking)))
}

/// Changes a key every millisecond, whose name is the time when its change began.
async fn change(way: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let (cache, _) = open(way, url).await?;
    let mut other =
        Command::new(std::env::current_exe()?).args([way, url]).stdin(Stdio::null()).spawn()?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..CHANGES {
        cache.delete(&now()).await?; // for nothing: only the way of the message counts
        cache.set(now(), 1).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    other.wait()?;
    Ok(())
}

/// Hears of all changes, and says how long each was under way.
async fn hear(way: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let (_cache, bus) = open(way, url).await?;
    let delays = Arc::new(Mutex::new(Vec::new()));
    let heard = delays.clone();
    let hear: Hear = Arc::new(move |notice| {
        let Notice::Message(message) = notice else { return };
        let Invalidation::Keys(keys) = message.what else { return };
        let times = keys.iter().filter_map(|key| key.parse::<u64>().ok());
        heard.lock().unwrap().extend(times.map(|then| now().saturating_sub(then)));
    });
    let _hearing = bus.subscribe(hear);
    while delays.lock().unwrap().len() < 2 * CHANGES {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut delays = delays.lock().unwrap().clone();
    delays.sort_unstable();
    let at = |part: f64| delays[((delays.len() - 1) as f64 * part) as usize] as f64 / 1e6;
    let (half, most, all) = (at(0.5), at(0.99), at(1.0));
    println!("{way:9} p50 {half:.2} ms   p99 {most:.2} ms   max {all:.2} ms");
    Ok(())
}

/// Nanoseconds of the machine's clock, which both processes read.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}
