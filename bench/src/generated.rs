//! Seeded requests for P6, which need no files: popularity that shifts, scans, loops.

use crate::random::Random;
use crate::trace::dense;
use crate::workload::Workload;
use crate::zipf::Zipf;

pub fn workloads(seed: u64) -> Vec<Workload> {
    let made = [
        ("zipf", steady(&mut Random::new(seed))),
        ("shifting zipf", shifting(&mut Random::new(seed + 1))),
        ("zipf + scans", scanned(&mut Random::new(seed + 2))),
        ("loops", looping(&mut Random::new(seed + 3))),
    ];
    let workload = |(name, ids): (&str, Vec<u32>)| {
        let ids = dense(ids);
        let unique = ids.iter().max().map_or(1, |most| *most as usize + 1);
        let capacities = [1_000, 100, 10].map(|part| unique / part).to_vec();
        Workload { name: name.to_string(), ids, capacities }
    };
    made.map(workload).into()
}

fn steady(random: &mut Random) -> Vec<u32> {
    let zipf = Zipf::new(100_000, 0.99);
    (0..REQUESTS).map(|_| zipf.draw(random)).collect()
}

/// Every 50,000 requests each id takes the popularity of another, 1,000 ranks away.
fn shifting(random: &mut Random) -> Vec<u32> {
    let zipf = Zipf::new(100_000, 0.9);
    (0..REQUESTS).map(|at| (zipf.draw(random) + at / 50_000 * 1_000) % 100_000).collect()
}

/// Every 25,000 requests 10,000 ids are asked for once and never again.
fn scanned(random: &mut Random) -> Vec<u32> {
    let zipf = Zipf::new(50_000, 0.8);
    let mut fresh = 50_000..;
    let mut ids = Vec::new();
    while ids.len() < REQUESTS as usize {
        ids.extend((0..25_000).map(|_| zipf.draw(random)));
        ids.extend(fresh.by_ref().take(10_000));
    }
    ids
}

/// Loops of 500 to 8,000 ids, each run through ten times.
fn looping(random: &mut Random) -> Vec<u32> {
    let mut ids = Vec::new();
    while ids.len() < REQUESTS as usize {
        let (first, len) = (random.below(10_000), 500 + random.below(7_500));
        (0..10).for_each(|_| ids.extend(first..first + len));
    }
    ids
}

const REQUESTS: u32 = 500_000;
