//! N2: many sets at once beside a bare pipeline, and sets that are written behind beside sets that are
//! awaited.

use std::time::Duration;

use cachefn_core::{Cache, Keep, Put, Storage};
use cachefn_redis::RedisStorage;
use cachefn_servers::{Proxy, Server};
use cachefn_tokio::Outbox;
use redis::{cmd, pipe};
use serde_json::json;

use super::place::{LENGTH, LIFE, Place, WELL, cache, text, value};
use crate::bars::{Bar, Limit};
use crate::measure::{Costs, interleaved, timed_in_all_threads};
use crate::report::Section;
use crate::table::Table;

/// # Errors
/// The server cannot be reached.
pub fn run(quick: bool) -> Result<Section, String> {
    let (rounds, long_rounds) = if quick { (11, 3) } else { (31, 7) };
    let place = Place::new()?;
    let [bare, storage, many] = at_once(&place, rounds)?;
    let [awaited, written] = behind(&place, long_rounds, SETS)?;
    let (server, millis) = (Server::start(), WAY.as_millis());
    let proxy = Proxy::to(server.port());
    proxy.delay(WAY);
    let far = Place::at(server, &format!("redis://127.0.0.1:{}/", proxy.port()))?;
    let [far_awaited, far_written] = behind(&far, long_rounds, FAR_SETS)?;
    let title = format!("N2  sets of {LENGTH} bytes over Redis; speed by times on the wall");
    let mut table = Table::new(title, ["µs a value", "wall", "cpu", "speed"]);
    let rows = [
        (format!("pipeline of {MANY}, bare client"), &bare, &bare),
        (format!("set_many of {MANY}, storage alone"), &storage, &bare),
        (format!("set_many of {MANY}, cache"), &many, &bare),
        (format!("{SETS} sets, each awaited"), &awaited, &awaited),
        (format!("{SETS} sets written behind, flushed"), &written, &awaited),
        (format!("{FAR_SETS} sets over {millis} ms, awaited"), &far_awaited, &far_awaited),
        (format!("{FAR_SETS} sets over {millis} ms, written behind"), &far_written, &far_awaited),
    ];
    let mut section = Section::new(json!({}));
    for (name, costs, base) in rows {
        let (cost, speed) = (costs.median(), base.wall_ratio(costs));
        let [wall, cpu] = [cost.wall, cost.cpu].map(|ns| ns / 1e3);
        table.row([&*name, &format!("{wall:.2}"), &format!("{cpu:.2}"), &format!("{speed:.2}")]);
        section.figures[name] = json!({ "wall_us": wall, "cpu_us": cpu, "speed": speed });
    }
    section.tables.push(table);
    let mut promise = |what: String, measured: f64, least: f64| {
        section.bars.push(Bar { id: "N2", what, measured, limit: Limit::AtLeast(least) });
    };
    promise("set_many, speed x a bare pipeline".into(), bare.wall_ratio(&many), 0.9);
    promise("sets written behind, speed x awaited".into(), awaited.wall_ratio(&written), 20.0);
    let what = format!("the same over a network of {millis} ms");
    promise(what, far_awaited.wall_ratio(&far_written), 20.0);
    Ok(section)
}

enum Contender {
    Bare,
    Storage(RedisStorage),
    Own(Cache<u64, String>),
}

fn at_once(place: &Place, rounds: usize) -> Result<[Costs; 3], String> {
    let own = Contender::Own(cache("many", place.redis.storage())?);
    let mut all = [Contender::Bare, Contender::Storage(place.redis.storage()), own];
    let costs = interleaved(&mut all, rounds, |contender, _| {
        // What is written is there before; giving it away is free, so the batches are made anew.
        let batches: Vec<Vec<(u64, String)>> =
            (0..BATCHES).map(|_| (0..MANY as u64).map(|key| (key, value(key))).collect()).collect();
        let work = async {
            for batch in batches {
                match contender {
                    Contender::Bare => pipeline(place, batch).await,
                    Contender::Storage(storage) => put(storage, batch).await,
                    Contender::Own(cache) => cache.set_many(batch).await.expect(WELL),
                }
            }
        };
        timed_in_all_threads(MANY * BATCHES, || place.tokio.block_on(work)).0
    });
    Ok(costs.try_into().expect("there are three"))
}

async fn put(storage: &RedisStorage, batch: Vec<(u64, String)>) {
    let named = batch.into_iter().map(|(key, value)| (format!("puts:{key}"), value));
    let named: Vec<(String, String)> = named.collect();
    let puts = named.iter().map(|(name, value)| Put {
        name: name.as_bytes(),
        record: value.as_bytes().to_vec().into(),
        keep: Keep::new(Some(LIFE), &[]),
    });
    storage.set_many(puts.collect()).await.expect(WELL);
}

async fn pipeline(place: &Place, batch: Vec<(u64, String)>) {
    let (mut bare, mut pipeline) = (place.bare.clone(), pipe());
    for (key, value) in &batch {
        let mut set = cmd("SET");
        set.arg(format!("bare:{key}")).arg(value).arg("PX").arg(LIFE.as_millis() as u64);
        pipeline.add_command(set).ignore();
    }
    let () = pipeline.query_async(&mut bare).await.expect(WELL);
}

fn behind(place: &Place, rounds: usize, sets: usize) -> Result<[Costs; 2], String> {
    let outbox = Outbox::new(place.redis.storage(), place.runtime()).write_behind();
    let outbox = place.tokio.block_on(outbox.build()).map_err(text)?;
    let awaited = cache("awaited", place.redis.storage())?;
    let behind = cache("behind", outbox.clone())?;
    let costs = interleaved(&mut [(awaited, false), (behind, true)], rounds, |own, _| {
        let (cache, waits) = own;
        let values: Vec<_> = (0..sets as u64).map(|key| (key, value(key))).collect();
        let work = async {
            for (key, value) in values {
                cache.set(key, value).await.expect(WELL);
            }
            if *waits {
                outbox.flush().await.expect(WELL);
                assert_eq!(outbox.pending().entries, 0);
            }
        };
        timed_in_all_threads(sets, || place.tokio.block_on(work)).0
    });
    Ok(costs.try_into().expect("there are two"))
}

/// Values of one call.
const MANY: usize = 1_000;
/// Calls of a round.
const BATCHES: usize = 10;
const SETS: usize = 10_000;
/// One way to a server that is not on this machine, and sets that go there.
const WAY: Duration = Duration::from_millis(1);
const FAR_SETS: usize = 1_000;
