//! P2: read-through under Zipf's law, by one thread and by two.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use crate::bars::Bar;
use crate::measure::{Cost, interleaved, timed};
use crate::peers::{self, Maker, QUICK_CACHE, Shared, WRITE};
use crate::random::Random;
use crate::report::{Comparison, Section};
use crate::table::Table;
use crate::zipf::Zipf;

pub fn run(seed: u64, quick: bool) -> Section {
    let (rounds, operations) = if quick { (3, 1 << 17) } else { (9, 1 << 18) };
    let mut section = Section::new(json!({}));
    for (label, keys) in SIZES {
        let streams = streams(seed, keys, operations * (rounds + 1));
        let mut contenders: Vec<_> =
            [1, 2].into_iter().flat_map(|threads| full(keys / 10, threads)).collect();
        let costs = interleaved(&mut contenders, rounds, |contender, round| {
            let part = round * operations..(round + 1) * operations;
            let parts = streams[..contender.threads].iter().map(|stream| &stream[part.clone()]);
            let (cost, (reads, hits)) = together(&*contender.cache, &parts.collect::<Vec<_>>());
            if round > 0 {
                (contender.reads, contender.hits) =
                    (contender.reads + reads, contender.hits + hits);
            }
            cost
        });
        let (one, two) = contenders.split_at(contenders.len() / 2);
        let names: Vec<_> = one.iter().map(|contender| contender.name.clone()).collect();
        let (alone, paired) = costs.split_at(one.len());
        let situations =
            [("1 thread".to_string(), alone.to_vec()), ("2 threads".to_string(), paired.to_vec())];
        let comparison = Comparison { names: &names, base: QUICK_CACHE, situations: &situations };
        section.tables.push(comparison.table(&format!("P2  Zipf 0.99 read-through, {label}")));
        section.tables.push(hit_ratios(one, two));
        section.bars.extend(bars(label, &comparison));
        let percent = |of: &[Contender]| of.iter().map(Contender::hit_percent).collect::<Vec<_>>();
        section.figures[label] = json!({
            "costs": comparison.figures(),
            "hit_percent": { "1 thread": percent(one), "2 threads": percent(two) },
        });
    }
    section
}

/// A cache with the threads that use it, and what they counted.
struct Contender {
    name: String,
    cache: Box<Shared>,
    threads: usize,
    reads: usize,
    hits: usize,
}

impl Contender {
    fn hit_percent(&self) -> f64 {
        100.0 * self.hits as f64 / self.reads as f64
    }
}

/// All caches, full from the start, with the most popular ids written last.
fn full(capacity: u32, threads: usize) -> Vec<Contender> {
    let filling: Vec<u32> = (0..capacity).rev().collect();
    let full = |kind: peers::Kind| {
        let Maker::Shared(make) = &kind.maker else { return None };
        let cache = make(capacity as usize);
        cache.write(&filling);
        Some(Contender { name: kind.name, cache, threads, reads: 0, hits: 0 })
    };
    peers::bounded().into_iter().filter_map(full).collect()
}

/// One stream of operations for each of two threads.
fn streams(seed: u64, keys: u32, operations: usize) -> [Vec<u32>; 2] {
    let zipf = Zipf::new(keys, 0.99);
    [0, 1].map(|thread| {
        let mut random = Random::new(seed + thread);
        let mut operation = || {
            let id = zipf.draw(&mut random);
            if random.below(100) < WRITES { id | WRITE } else { id }
        };
        (0..operations).map(|_| operation()).collect()
    })
}

/// A thread for every part, all at the same time: the cost of an operation to its thread, reads, hits.
fn together(cache: &Shared, parts: &[&[u32]]) -> (Cost, (usize, usize)) {
    let start = Barrier::new(parts.len());
    let work = |part: &[u32]| {
        start.wait();
        timed(part.len(), || cache.read_through(part))
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = parts.iter().map(|part| scope.spawn(|| work(part))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no cache panics")).collect()
    });
    let mean = |of: fn(&Cost) -> f64| {
        results.iter().map(|(cost, _)| of(cost)).sum::<f64>() / results.len() as f64
    };
    let cost = Cost { cpu: mean(|cost| cost.cpu), wall: mean(|cost| cost.wall) };
    let counted = results.iter().map(|(_, counted)| *counted);
    (cost, counted.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1)))
}

fn hit_ratios(one: &[Contender], two: &[Contender]) -> Table {
    let mut table = Table::new("P2  hit ratios", ["hit ratio, %", "1 thread", "2 threads"]);
    for (one, two) in one.iter().zip(two) {
        let percent = |contender: &Contender| format!("{:.2}", contender.hit_percent());
        table.row([one.name.clone(), percent(one), percent(two)]);
    }
    table
}

fn bars(label: &str, comparison: &Comparison<'_>) -> [Bar; 3] {
    let own = peers::default_name();
    let growth = comparison.costs(1, &own).ratio(comparison.costs(0, &own));
    let bar = |what, measured, most| Bar::at_most("P2", format!("{label}, {what}"), measured, most);
    [
        bar("1 thread, x quick_cache", comparison.ratio(0, &own), 1.0),
        bar("2 threads, x quick_cache", comparison.ratio(1, &own), 0.8),
        bar("2 threads, x itself with 1", growth, 1.0),
    ]
}

const SIZES: [(&str, u32); 2] =
    [("100k keys, capacity 10k", 100_000), ("1M keys, capacity 100k", 1_000_000)];
/// In a hundred operations.
const WRITES: u32 = 5;
