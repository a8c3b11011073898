//! P4: insertions of new keys into a full cache, each of which evicts.

use crate::measure::{interleaved, timed};
use crate::peers::{self, CACHEFN, QUICK_CACHE};
use crate::report::{Bar, Comparison, Limit, Section, Stage};

pub fn run(quick: bool) -> Section {
    let (rounds, insertions) = if quick { (3, 1 << 16) } else { (9, 1 << 18) };
    let mut caches = peers::all(CAPACITY as usize);
    let names: Vec<_> = caches.iter().map(|(name, _)| *name).collect();
    let filling: Vec<u32> = (0..2 * CAPACITY).collect();
    caches.iter().for_each(|(_, cache)| cache.write(&filling));
    let costs = interleaved(&mut caches, rounds, |(_, cache), round| {
        let first = 2 * CAPACITY + round as u32 * insertions;
        let ids: Vec<u32> = (first..first + insertions).collect();
        timed(ids.len(), || cache.write(&ids)).0
    });
    let situations = [("100k capacity".to_string(), costs)];
    let comparison = Comparison { names: &names, base: QUICK_CACHE, situations: &situations };
    Section {
        tables: vec![comparison.table("P4  insertion with eviction, 1 thread")],
        bars: vec![Bar {
            id: "P4",
            what: "insertion with eviction, x quick_cache".into(),
            measured: comparison.ratio(0, CACHEFN),
            limit: Limit::AtMost(1.0),
            stage: Stage::Goal,
        }],
        figures: comparison.figures(),
    }
}

const CAPACITY: u32 = 100_000;
