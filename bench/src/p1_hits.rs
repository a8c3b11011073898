//! P1: hits from `u64` to `u64` on one thread, in random order.

use crate::measure::{interleaved, timed};
use crate::peers::{self, CACHEFN, QUICK_CACHE};
use crate::random::Random;
use crate::report::{Bar, Comparison, Limit, Section, Stage};

pub fn run(seed: u64, quick: bool) -> Section {
    let rounds = if quick { 3 } else { 9 };
    let mut names = Vec::new();
    let mut situations = Vec::new();
    for (label, keys) in SIZES {
        let ids: Vec<u32> = (0..keys).collect();
        let mut random = Random::new(seed);
        let asked: Vec<u32> = (0..READS).map(|_| random.below(keys)).collect();
        // Twice the room: sharded caches fill unevenly, and each shall hold every key.
        let mut caches = peers::all(2 * keys as usize);
        names = caches.iter().map(|(name, _)| *name).collect();
        caches.iter().for_each(|(_, cache)| cache.write(&ids));
        let costs = interleaved(&mut caches, rounds, |(name, cache), _| {
            cache.read(&asked[..READS / 4]); // what others left in the processor's caches goes
            let (cost, hits) = timed(READS, || cache.read(&asked));
            assert_eq!(hits, READS, "{name} lost entries: these would not be hits");
            cost
        });
        situations.push((label.to_string(), costs));
    }
    let comparison = Comparison { names: &names, base: QUICK_CACHE, situations: &situations };
    let bars = situations.iter().enumerate().flat_map(|(at, (label, _))| {
        [(1.5, Stage::ThisVersion), (1.0, Stage::Goal)].map(|(limit, stage)| Bar {
            id: "P1",
            what: format!("hit, {label}, x quick_cache"),
            measured: comparison.ratio(at, CACHEFN),
            limit: Limit::AtMost(limit),
            stage,
        })
    });
    Section {
        tables: vec![comparison.table("P1  hit u64 -> u64, 1 thread, random order")],
        bars: bars.collect(),
        figures: comparison.figures(),
    }
}

const SIZES: [(&str, u32); 3] =
    [("1k keys", 1_000), ("100k keys", 100_000), ("1M keys", 1_000_000)];
/// Long enough that the processor cannot learn the order.
const READS: usize = 1 << 20;
