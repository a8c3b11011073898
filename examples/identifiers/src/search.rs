//! Fuzzy search without an index: the three dictionary words nearest to a word.

use std::cmp::Reverse;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;

/// The most frequent words, the most frequent first.
#[derive(Debug)]
pub(crate) struct Dictionary {
    words: Vec<String>,
}

/// A dictionary word and how far it is from the word that was sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Match {
    /// Which word: its place in the dictionary.
    pub(crate) rank: u32,
    /// Letters to insert, delete, replace, or swap with their neighbour.
    pub(crate) distance: u32,
}

impl Dictionary {
    /// The most frequent words of the whole corpus; the earlier of two equally frequent ones first.
    ///
    /// # Errors
    /// There are not enough words.
    pub(crate) fn most_frequent(corpus: &Corpus) -> Result<Self> {
        let mut counts = vec![0u32; corpus.words.len()];
        for &number in &corpus.stream {
            counts[number as usize] += 1;
        }
        let long = |number: &usize| corpus.words[*number].len() >= SHORTEST;
        let mut numbers: Vec<usize> = (0..counts.len()).filter(long).collect();
        numbers.sort_by_key(|&number| Reverse(counts[number]));
        numbers.truncate(WORDS);
        Self::new(numbers.into_iter().map(|number| corpus.words[number].clone()).collect())
    }

    /// # Errors
    /// There are not enough words.
    pub(crate) fn new(words: Vec<String>) -> Result<Self> {
        ensure!(words.len() > MATCHES, "the sources have too few words for a dictionary");
        Ok(Self { words })
    }

    pub(crate) fn word(&self, rank: u32) -> &str {
        &self.words[rank as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The nearest words other than `word`, nearest first, more frequent first among equals.
    ///
    /// Reads the whole dictionary: slow on purpose, as honest work is.
    pub(crate) fn nearest(&self, word: &str) -> [Match; MATCHES] {
        let mut best = [Match { rank: u32::MAX, distance: u32::MAX }; MATCHES];
        let mut rows = Rows::new(word.len());
        for (rank, other) in (0..).zip(&self.words) {
            let limit = best[MATCHES - 1].distance - 1;
            let distance = rows.distance(word.as_bytes(), other.as_bytes(), limit);
            if distance > limit || distance == 0 {
                continue;
            }
            best[MATCHES - 1] = Match { rank, distance };
            // Stable: a word never passes an equally near one that is more frequent.
            best.sort_by_key(|found| found.distance);
        }
        best
    }
}

/// Three rows of the table of distances, one column for each letter of the sought word.
struct Rows {
    before: Vec<u32>,
    above: Vec<u32>,
    current: Vec<u32>,
}

impl Rows {
    fn new(letters: usize) -> Self {
        let row = vec![0; letters + 1];
        Self { before: row.clone(), above: row.clone(), current: row }
    }

    /// Restricted Damerau-Levenshtein distance (optimal string alignment, Boytsov 2011), or
    /// anything above `limit` as soon as it must be more than `limit`.
    fn distance(&mut self, word: &[u8], other: &[u8], limit: u32) -> u32 {
        let columns = word.len() + 1;
        if word.len().abs_diff(other.len()) as u32 > limit {
            return u32::MAX;
        }
        for (column, cell) in (0..).zip(&mut self.above) {
            *cell = column;
        }
        let mut previous = 0;
        for (row, &letter) in (1..).zip(other) {
            let (before, above) = (&self.before[..columns], &self.above[..columns]);
            let current = &mut self.current[..columns];
            let mut left = row;
            let mut least = row;
            current[0] = row;
            for column in 1..columns {
                let own = word[column - 1];
                let mut cell = above[column - 1] + u32::from(own != letter);
                cell = cell.min(above[column] + 1).min(left + 1);
                if own == previous && column > 1 && word[column - 2] == letter {
                    cell = cell.min(before[column - 2] + 1);
                }
                current[column] = cell;
                least = least.min(cell);
                left = cell;
            }
            // Each later row is at least this far: a swap starts two rows up, but costs one more.
            if least > limit {
                return u32::MAX;
            }
            previous = letter;
            std::mem::swap(&mut self.before, &mut self.above);
            std::mem::swap(&mut self.above, &mut self.current);
        }
        self.above[word.len()]
    }
}

/// How many words an answer has.
pub(crate) const MATCHES: usize = 3;
/// How many words the dictionary has.
const WORDS: usize = 2_000;
/// Shorter words are near to everything.
const SHORTEST: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(word: &str, other: &str, limit: u32) -> u32 {
        Rows::new(word.len()).distance(word.as_bytes(), other.as_bytes(), limit)
    }

    fn nearest(words: &[&str], word: &str) -> Vec<(String, u32)> {
        let dictionary = Dictionary::new(words.iter().map(ToString::to_string).collect());
        let dictionary = dictionary.expect("enough words");
        let matches = dictionary.nearest(word);
        matches.map(|found| (dictionary.word(found.rank).to_owned(), found.distance)).to_vec()
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        for (word, other, expected) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abcd", "acbd", 1),
            ("ca", "abc", 3),
            ("kitten", "sitting", 3),
            ("lenght", "length", 1),
            ("usize", "isize", 1),
        ] {
            assert_eq!(distance(word, other, 99), expected, "{word} {other}");
            assert_eq!(distance(other, word, 99), expected, "{other} {word}");
            assert_eq!(distance(word, other, expected), expected, "{word} {other} bounded");
            if expected > 0 {
                assert!(distance(word, other, expected - 1) >= expected, "{word} {other} refused");
            }
        }
    }

    #[test]
    fn the_nearest_come_first_and_the_frequent_before_the_rare() {
        let words = ["bat", "cart", "rat", "cat", "dog", "cats"];
        let found = nearest(&words, "cat");
        assert_eq!(found, [("bat".into(), 1), ("cart".into(), 1), ("rat".into(), 1)]);
        assert_eq!(nearest(&words, "dgo")[0], ("dog".into(), 1));
    }

    #[test]
    fn a_dictionary_needs_more_words_than_an_answer() {
        assert!(Dictionary::new(vec!["one".into(), "two".into(), "three".into()]).is_err());
    }

    #[test]
    fn frequent_words_make_the_dictionary() {
        let words = ["rare", "often", "also", "tie", "if"].map(String::from).to_vec();
        let corpus = Corpus { words, stream: vec![0, 1, 1, 2, 2, 3, 4, 4, 4] };
        let dictionary = Dictionary::most_frequent(&corpus).expect("enough words");
        assert_eq!(dictionary.words, ["often", "also", "rare", "tie"]);
    }
}
