//! P10: invalidating a tag that all entries carry, and what tags add to a hit.

use std::time::Instant;

use cachefn_core::{EntryOptions, MemoryCache};
use serde_json::json;

use crate::bars::Bar;
use crate::measure::{Costs, interleaved, median, timed};
use crate::peers::{self, Peer, key};
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;
use crate::weigh::{Scene, weigh};

/// # Errors
/// The process that weighs the cache failed.
pub fn run(seed: u64, quick: bool) -> Result<Section, String> {
    let rounds = if quick { 3 } else { 9 };
    let mut section = Section::new(json!({}));
    let calls = invalidations(if quick { 2 } else { 5 });
    let middle = median(calls.clone());
    let mut table =
        Table::new("P10 a tag carried by 1M entries, each with one of its own too", ["", "µs"]);
    table.row(["invalidate_by_tag, median", &*format!("{middle:.2}")]);
    let worst = calls.iter().copied().fold(0.0, f64::max);
    table.row(["invalidate_by_tag, worst", &*format!("{worst:.2}")]);
    section.tables.push(table);
    section.bars.push(Bar::at_most("P10", "invalidating a tag of 1M entries, µs", middle, 10.0));
    section.figures["invalidate_us"] = json!(calls);

    let (hits, extra) = hits(seed, rounds);
    for ((label, _), extra) in SIZES.iter().zip(&extra) {
        let what = format!("ns added to a hit by 4 tags, {label}");
        section.bars.push(Bar::at_most("P10", what, *extra, 2.0));
    }
    section.tables.push(hits);
    section.figures["added_ns"] = json!(extra);

    let weight = weigh(&peers::default_name(), Scene::OwnTags)?;
    let title = "P10 bytes an entry, 1M entries with a tag of all and a tag of its own";
    let mut table = Table::new(title, ["", "bytes"]);
    table.row(["filled", &*format!("{:.1}", weight.filled)]);
    let [reclaimed, cleared] = weight.churned;
    table.row(["invalidated and reclaimed", &*format!("{reclaimed:.1}")]);
    table.row(["cleared", &*format!("{cleared:.1}")]);
    section.tables.push(table);
    section.figures["bytes"] = json!({ "filled": weight.filled, "after": weight.churned });
    Ok(section)
}

/// Microseconds of each call, after filling the cache anew each time.
fn invalidations(rounds: usize) -> Vec<f64> {
    let cache = build(ENTRIES);
    let call = |_| {
        for id in 0..ENTRIES {
            let options = EntryOptions::new().tag("all").tag(format!("own:{id}"));
            cache.set_with(key(id), 0, options).expect("memory is plentiful here");
        }
        let start = Instant::now();
        cache.invalidate_by_tag("all");
        let took = start.elapsed();
        assert_eq!(cache.get(&key(0)), None, "every entry carries the tag");
        took.as_secs_f64() * 1e6
    };
    (0..rounds).map(call).collect()
}

/// Hits on entries without tags and with four, no tag ever invalidated.
fn hits(seed: u64, rounds: usize) -> (Table, Vec<f64>) {
    let mut table = Table::new(
        "P10 hits while no tag is invalidated, ns of CPU time",
        ["", "no tag", "4 tags", "added"],
    );
    let mut added = Vec::new();
    for (label, keys) in SIZES {
        let mut random = Random::new(seed);
        let asked: Vec<u32> = (0..READS).map(|_| random.below(keys)).collect();
        let mut caches = [0, 4].map(|tags| tagged(keys, tags));
        let costs: Vec<Costs> = interleaved(&mut caches, rounds, |cache, _| {
            cache.read(&asked[..READS / 4]);
            timed(READS, || cache.read(&asked)).0
        });
        let extra = costs[1].beyond(&[&costs[0]]);
        let cells = costs.iter().map(|costs| format!("{:.1}", costs.median().cpu));
        let cells = [label.to_string()].into_iter().chain(cells);
        table.row(cells.chain([format!("{extra:+.1}")]));
        added.push(extra);
    }
    (table, added)
}

fn tagged(keys: u32, tags: u32) -> MemoryCache<u64, u64> {
    let cache = build(2 * keys);
    for id in 0..keys {
        let names = (0..tags).map(|tag| format!("{tag}:{}", id.wrapping_mul(tag + 7) % 100));
        let options = EntryOptions::new().tags(names);
        cache.set_with(key(id), u64::from(id), options).expect("memory is plentiful here");
    }
    cache
}

fn build(capacity: u32) -> MemoryCache<u64, u64> {
    let builder = MemoryCache::builder().max_entries(capacity as usize).seed(1);
    builder.build().expect("the capacity is above 0 and far below the limit")
}

const ENTRIES: u32 = 1_000_000;
const SIZES: [(&str, u32); 2] = [("1k keys", 1_000), ("100k keys", 100_000)];
const READS: usize = 1 << 20;
