//! Sends the stream through the cached function.

use std::time::{Duration, Instant};

use crate::corpus::Corpus;
use crate::lookup::{calls, nearest};
use crate::progress::Progress;
use crate::random::Random;
use crate::search::{MATCHES, Match};

/// What the run gave.
pub(crate) struct Replay {
    pub(crate) requests: usize,
    pub(crate) calls: u64,
    /// As the cache counted them.
    pub(crate) hits: u64,
    pub(crate) taken: Duration,
    /// Over all answers in their order: two programs that give the same one gave the same answers.
    pub(crate) checksum: u32,
    pub(crate) samples: Vec<Sample>,
}

/// A request kept for comparison.
pub(crate) struct Sample {
    pub(crate) word: u32,
    pub(crate) answer: [Match; MATCHES],
    pub(crate) hit: bool,
}

pub(crate) fn run(corpus: &Corpus, stream: &[u32]) -> Replay {
    let mut random = Random::seeded(SEED);
    let mut places: Vec<usize> = (0..SAMPLES).map(|_| random.below(stream.len())).collect();
    places.sort_unstable();
    let mut places = places.into_iter().peekable();

    let mut samples = Vec::with_capacity(SAMPLES);
    let mut checksum = CHECKSUM_START;
    let mut progress = Progress::new(stream.len());
    let started = Instant::now();
    for (place, &word) in stream.iter().enumerate() {
        let calls_before = calls();
        let answer = nearest(corpus.word(word));
        checksum = answer.iter().fold(checksum, add);
        while places.next_if_eq(&place).is_some() {
            samples.push(Sample { word, answer, hit: calls() == calls_before });
        }
        progress.reached(place + 1);
    }
    let taken = started.elapsed();
    progress.end();
    let hits = nearest::cache().stats().hits;
    Replay { requests: stream.len(), calls: calls(), hits, taken, checksum, samples }
}

/// FNV-1a over whole numbers instead of bytes.
pub(crate) fn add(checksum: u32, found: &Match) -> u32 {
    let checksum = (checksum ^ found.rank).wrapping_mul(CHECKSUM_FACTOR);
    (checksum ^ found.distance).wrapping_mul(CHECKSUM_FACTOR)
}

const SAMPLES: usize = 500;
const SEED: u32 = 20_250;
pub(crate) const CHECKSUM_START: u32 = 0x811C_9DC5;
const CHECKSUM_FACTOR: u32 = 0x0100_0193;
