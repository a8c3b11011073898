//! N2: many sets at once beside a bare pipeline, and sets that are written behind beside sets that are
//! awaited.

use cachefn_core::{Cache, Storage};
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
    let [bare, many] = at_once(&place, rounds)?;
    let [awaited, behind] = behind(&place, long_rounds)?;
    let title = format!("N2  sets of {LENGTH} bytes over Redis; speed by times on the wall");
    let mut table = Table::new(title, ["µs a value", "wall", "cpu", "speed"]);
    let rows = [
        (format!("pipeline of {MANY}, bare client"), &bare, &bare),
        (format!("set_many of {MANY}"), &many, &bare),
        (format!("{SETS} sets, each awaited"), &awaited, &awaited),
        (format!("{SETS} sets written behind, flushed"), &behind, &awaited),
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
    promise("sets written behind, speed x awaited".into(), awaited.wall_ratio(&behind), 20.0);
    Ok(section)
}

enum Contender {
    Bare,
    Own(Cache<u64, String>),
}

fn at_once(place: &Place, rounds: usize) -> Result<[Costs; 2], String> {
    let mut both = [Contender::Bare, Contender::Own(cache("many", place.redis.storage())?)];
    let costs = interleaved(&mut both, rounds, |contender, _| {
        // What is written is there before; giving it away is free, so the batches are made anew.
        let batches: Vec<Vec<(u64, String)>> =
            (0..BATCHES).map(|_| (0..MANY as u64).map(|key| (key, value(key))).collect()).collect();
        let work = async {
            for batch in batches {
                match contender {
                    Contender::Bare => pipeline(place, batch).await,
                    Contender::Own(cache) => cache.set_many(batch).await.expect(WELL),
                }
            }
        };
        timed_in_all_threads(MANY * BATCHES, || place.tokio.block_on(work)).0
    });
    Ok(costs.try_into().expect("there are two"))
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

fn behind(place: &Place, rounds: usize) -> Result<[Costs; 2], String> {
    let outbox = Outbox::new(place.redis.storage(), place.runtime()).write_behind();
    let outbox = place.tokio.block_on(outbox.build()).map_err(text)?;
    let awaited = cache("awaited", place.redis.storage())?;
    let behind = cache("behind", outbox.clone())?;
    let costs = interleaved(&mut [(awaited, false), (behind, true)], rounds, |own, _| {
        let (cache, waits) = own;
        let values: Vec<_> = (0..SETS as u64).map(|key| (key, value(key))).collect();
        let work = async {
            for (key, value) in values {
                cache.set(key, value).await.expect(WELL);
            }
            if *waits {
                outbox.flush().await.expect(WELL);
            }
        };
        timed_in_all_threads(SETS, || place.tokio.block_on(work)).0
    });
    Ok(costs.try_into().expect("there are two"))
}

/// Values of one call.
const MANY: usize = 1_000;
/// Calls of a round.
const BATCHES: usize = 10;
const SETS: usize = 10_000;
