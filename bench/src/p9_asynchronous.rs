//! P9 and N5: a hit that is awaited, in memory alone and with a storage behind it.

use cachefn_conformance::MapStorage;
use cachefn_core::{Cache, MemoryCache, Postcard};
use serde_json::{Value, json};

use crate::bars::Bar;
use crate::measure::{Costs, interleaved};
use crate::numbers::{Reader, now};
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;

pub fn run(seed: u64, quick: bool) -> Section {
    let (rounds, reads) = if quick { (5, 1 << 18) } else { (21, 1 << 20) };
    let mut random = Random::new(seed);
    let asked: Vec<u64> = (0..reads).map(|_| u64::from(random.below(KEYS as u32))).collect();
    let mut contenders = contenders();
    let costs = interleaved(&mut contenders, rounds, |contender, _| contender.cost(&asked));
    let rows: Vec<(&str, Costs, u64)> = contenders
        .iter()
        .zip(costs)
        .map(|(contender, costs)| (contender.name, costs, contender.allocations(&asked)))
        .collect();
    let mut section = Section::new(rows.iter().map(figures).collect::<Value>());
    let synchronous = &rows[0].1;
    let head = ["", "ns of CPU time", "x the synchronous hit", "allocations a hit"];
    let mut table =
        Table::new("P9  a hit of u64 -> u64 that is awaited, 1k keys".to_string(), head);
    for (name, costs, allocations) in &rows {
        let each = *allocations as f64 / reads as f64;
        let ratio = format!("{:.2}", costs.ratio(synchronous));
        table.row([
            name.to_string(),
            format!("{:.1}", costs.median().cpu),
            ratio,
            format!("{each:.0}"),
        ]);
    }
    section.tables.push(table);
    let find = |name: &str| rows.iter().find(|(own, ..)| *own == name);
    if let Some((_, costs, allocations)) = find(MEMORY) {
        let ratio = costs.ratio(synchronous);
        section.bars.push(Bar::at_most("P9", "awaited hit, x the synchronous one", ratio, 2.0));
        let calls = *allocations as f64;
        section.bars.push(Bar::at_most("P9", "allocations of all awaited hits", calls, 0.0));
    }
    if let Some((_, costs, _)) = find(TIERS) {
        let ns = costs.median().cpu;
        section.bars.push(Bar::at_most("N5", "ns of a hit in memory, two tiers", ns, 60.0));
    }
    section
}

fn contenders() -> Vec<Reader> {
    let synchronous = MemoryCache::<u64, u64>::builder().max_entries(2 * KEYS).build();
    let synchronous = synchronous.expect("the settings are possible");
    let memory = Cache::<u64, u64>::builder("memory").max_entries(2 * KEYS).build();
    let memory = memory.expect("the settings are possible");
    let tiers = Cache::<u64, u64>::builder("tiers").max_entries(2 * KEYS);
    let tiers = tiers.storage(MapStorage::new()).codec(Postcard).build();
    let tiers = tiers.expect("the settings are possible");
    let moka = moka::future::Cache::<u64, u64>::new(2 * KEYS as u64);
    for key in 0..KEYS as u64 {
        synchronous.set(key, key).expect("there is memory");
        for cache in [&memory, &tiers] {
            now(cache.set(key, key)).expect("there is memory");
        }
        now(moka.insert(key, key));
    }
    now(moka.run_pending_tasks());
    vec![
        Reader::new(SYNCHRONOUS, move |key| synchronous.get_or_fetch(&key, || 0)),
        Reader::awaited(MEMORY, memory.clone()),
        Reader::awaited(TIERS, tiers.clone()),
        Reader::new("cachefn get, two tiers", move |key| {
            now(tiers.get(&key)).ok().flatten().unwrap_or(0)
        }),
        Reader::new("moka future get_with", move |key| now(moka.get_with(key, async { 0 }))),
    ]
}

fn figures((name, costs, allocations): &(&str, Costs, u64)) -> Value {
    json!({ "name": name, "cpu_ns": costs.median().cpu, "allocations": allocations })
}

const KEYS: usize = 1_000;
const SYNCHRONOUS: &str = "cachefn MemoryCache get_or_fetch";
const MEMORY: &str = "cachefn Cache get_or_fetch";
const TIERS: &str = "the same, two tiers";
