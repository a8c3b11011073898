//! P1: hits from `u64` to `u64` on one thread, in random order.

use crate::measure::{interleaved, timed};
use crate::peers::{self, Kind, QUICK_CACHE};
use crate::random::Random;
use crate::report::{Comparison, Section};

pub fn run(seed: u64, quick: bool) -> Section {
    let (rounds, reads) = if quick { (3, 1 << 18) } else { (7, 1 << 20) };
    let kinds = peers::timed();
    let names: Vec<String> = kinds.iter().map(|kind| kind.name.clone()).collect();
    let mut situations = Vec::new();
    for (label, keys) in SIZES {
        let ids: Vec<u32> = (0..keys).collect();
        let mut random = Random::new(seed);
        let asked: Vec<u32> = (0..reads).map(|_| random.below(keys)).collect();
        let held = |kind: &Kind| (kind.name.clone(), kind.make_to_hold(keys as usize));
        let mut caches: Vec<_> = kinds.iter().map(held).collect();
        caches.iter().for_each(|(_, cache)| cache.write(&ids));
        let costs = interleaved(&mut caches, rounds, |(name, cache), _| {
            cache.read(&asked[..reads / 4]); // what others left in the processor's caches goes
            let (cost, hits) = timed(reads, || cache.read(&asked));
            assert_eq!(hits, reads, "{name} lost entries: these would not be hits");
            cost
        });
        situations.push((label.to_string(), costs));
    }
    let comparison = Comparison { names: &names, base: QUICK_CACHE, situations: &situations };
    let mut section = Section::new(comparison.figures());
    section.tables = vec![comparison.table("P1  hit u64 -> u64, 1 thread, random order")];
    section.bars = comparison.bars("P1", "hit", &peers::default_name(), 1.0);
    section
}

const SIZES: [(&str, u32); 3] =
    [("1k keys", 1_000), ("100k keys", 100_000), ("1M keys", 1_000_000)];
