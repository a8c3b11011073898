//! P4: insertions of new keys into a full cache, each of which evicts.

use crate::measure::{interleaved, timed};
use crate::peers::{self, Kind, QUICK_CACHE};
use crate::report::{Comparison, Section};

pub fn run(quick: bool) -> Section {
    let (rounds, insertions) = if quick { (3, 1 << 16) } else { (9, 1 << 18) };
    let kinds: Vec<_> = peers::timed().into_iter().filter(Kind::evicts).collect();
    let names: Vec<String> = kinds.iter().map(|kind| kind.name.clone()).collect();
    let filling: Vec<u32> = (0..2 * CAPACITY).collect();
    let mut caches: Vec<_> = kinds.iter().map(|kind| kind.make(CAPACITY as usize)).collect();
    caches.iter().for_each(|cache| cache.write(&filling));
    let costs = interleaved(&mut caches, rounds, |cache, round| {
        let first = 2 * CAPACITY + round as u32 * insertions;
        let ids: Vec<u32> = (first..first + insertions).collect();
        timed(ids.len(), || cache.write(&ids)).0
    });
    let situations = [("100k capacity".to_string(), costs)];
    let comparison = Comparison { names: &names, base: QUICK_CACHE, situations: &situations };
    let mut section = Section::new(comparison.figures());
    section.tables = vec![comparison.table("P4  insertion with eviction, 1 thread")];
    section.bars = comparison.bars("P4", "insertion", &peers::default_name(), 1.0);
    section
}

const CAPACITY: u32 = 100_000;
