//! What a call costs without the cache, what a hit costs, and whether the cache told the truth.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::corpus::Corpus;
use crate::lookup::{calls, nearest};
use crate::replay::Replay;

pub(crate) struct Timings {
    /// One call of the function without the cache, over all samples.
    pub(crate) uncached_median: Duration,
    /// The same for the samples that were hits: the price the cache saved.
    pub(crate) uncached_mean_of_hits: Duration,
    /// Nanoseconds.
    pub(crate) hit: f64,
    pub(crate) compared: usize,
    /// Samples whose answer was not the function's own.
    pub(crate) different: usize,
}

pub(crate) fn timings(corpus: &Corpus, stream: &[u32], replay: &Replay) -> Timings {
    // Hits first: the sampled calls below would push the cache out of the processor's caches.
    let hit = hit(corpus, stream);
    let mut costs = Vec::with_capacity(replay.samples.len());
    let mut saved = Vec::new();
    let mut different = 0;
    for sample in &replay.samples {
        let word = corpus.word(sample.word);
        let started = Instant::now();
        let answer = black_box(nearest::uncached(black_box(word)));
        let cost = started.elapsed();
        costs.push(cost);
        if sample.hit {
            saved.push(cost);
        }
        different += usize::from(answer != sample.answer);
    }
    let mean = |costs: &[Duration]| costs.iter().sum::<Duration>() / costs.len().max(1) as u32;
    costs.sort_unstable();
    Timings {
        uncached_median: costs[costs.len() / 2],
        uncached_mean_of_hits: mean(&saved),
        hit,
        compared: costs.len(),
        different,
    }
}

/// The median over rounds of one hit, in nanoseconds.
fn hit(corpus: &Corpus, stream: &[u32]) -> f64 {
    let mut seen = HashSet::new();
    let words: Vec<&str> = stream
        .iter()
        .rev()
        .filter(|&&number| seen.insert(number))
        .map(|&number| corpus.word(number))
        .filter(|word| nearest::cache().contains(&nearest::key(word)))
        .take(RESIDENTS)
        .collect();
    let before = calls();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            for word in &words {
                black_box(nearest(black_box(word)));
            }
            started.elapsed().as_nanos() as f64 / words.len().max(1) as f64
        })
        .collect();
    assert_eq!(calls(), before, "resident words are hits");
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

const RESIDENTS: usize = 1_000;
const ROUNDS: usize = 200;
