//! The same function, asynchronous and over a file: what a process computes, the next one finds there.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cachefn_core::{NamedCache, cachefn};
use cachefn_file::FileStorage;

use crate::corpus::Corpus;
use crate::lookup::{CAPACITY, calls, counted};
use crate::replay::{CHECKSUM_START, add};
use crate::search::{MATCHES, Match};

/// The dictionary words nearest to `word`, kept wherever the program says that this cache lies.
#[cachefn(cache = "answers", max_entries = CAPACITY, policy = "s3-fifo")]
async fn nearest(word: &str) -> [Match; MATCHES] {
    counted(word)
}

/// What a process did up to its flush; told to whoever started it, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) asked: u64,
    /// How often the function ran.
    pub(crate) computed: u64,
    /// How many answers came from the file.
    pub(crate) found: u64,
    pub(crate) opening: Duration,
    pub(crate) taken: Duration,
    /// Of one answer.
    pub(crate) median: Duration,
    /// Of one flush, after all answers.
    pub(crate) flush: Duration,
    pub(crate) checksum: u32,
}

/// Asks for words, most of them before it flushes and tells; and goes on with the others.
///
/// # Errors
/// The file cannot be opened or written, or nobody listens.
pub(crate) fn run(corpus: &Corpus, words: usize, file: &Path) -> Result<()> {
    pollster::block_on(async {
        let started = Instant::now();
        let storage = FileStorage::open(file).context("open the file of answers")?;
        let answers = NamedCache::builder("answers").storage(storage).register()?;
        let opening = started.elapsed();
        let words = &corpus.words[..words.min(corpus.words.len())];
        let (sure, rest) = words.split_at(words.len() - words.len() / REST);
        ensure!(!sure.is_empty(), "there are no words to ask for");

        let (mut costs, mut checksum) = (Vec::with_capacity(sure.len()), CHECKSUM_START);
        let started = Instant::now();
        for word in sure {
            let begun = Instant::now();
            let answer = nearest(word).await;
            costs.push(begun.elapsed());
            checksum = answer.iter().fold(checksum, add);
        }
        let (taken, begun) = (started.elapsed(), Instant::now());
        answers.flush().await.context("flush")?;
        let flush = begun.elapsed();
        costs.sort_unstable();
        let told = Told {
            asked: sure.len() as u64,
            computed: calls(),
            found: nearest::cache().stats().storage_hits,
            opening,
            taken,
            median: costs[costs.len() / 2],
            flush,
            checksum,
        };
        println!("{told}");
        for (place, word) in rest.iter().enumerate() {
            nearest(word).await;
            if place == rest.len() / 2 {
                println!("{AMID}");
            }
        }
        answers.flush().await.context("flush")
    })
}

impl fmt::Display for Told {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, computed, found, checksum, .. } = self;
        let [opening, taken, median, flush] =
            [self.opening, self.taken, self.median, self.flush].map(|span| span.as_nanos());
        write!(out, "{asked} {computed} {found} {opening} {taken} {median} {flush} {checksum}")
    }
}

impl Told {
    /// # Errors
    /// The line was written by something else.
    pub(crate) fn read(line: &str) -> Result<Self> {
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let numbers = numbers.with_context(|| format!("the process said {line:?}"))?;
        let [asked, computed, found, opening, taken, median, flush, checksum] = numbers[..] else {
            anyhow::bail!("the process said {line:?}");
        };
        let checksum = checksum.try_into().context("a checksum has 32 bits")?;
        let [opening, taken, median, flush] =
            [opening, taken, median, flush].map(Duration::from_nanos);
        Ok(Told { asked, computed, found, opening, taken, median, flush, checksum })
    }
}

/// Said in the middle of what comes after the flush.
pub(crate) const AMID: &str = "amid";
/// The part of the words that comes after the flush: one of so many.
const REST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read() {
        let span = Duration::from_nanos;
        let told = Told {
            asked: 8,
            computed: 5,
            found: 3,
            opening: span(4),
            taken: span(700),
            median: span(6),
            flush: span(2),
            checksum: u32::MAX,
        };
        assert_eq!(Told::read(&told.to_string()).expect("its own line"), told);
        assert!(Told::read("1 2 3").is_err() && Told::read("amid").is_err());
    }
}
