//! The words of the sources, and the stream in which they come.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::lexer;

/// Words have numbers, in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Corpus {
    pub(crate) words: Vec<String>,
    pub(crate) stream: Vec<u32>,
}

impl Corpus {
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self> {
        let mut corpus = Self::default();
        let mut numbers = HashMap::new();
        for file in files {
            let source = fs::read(file).with_context(|| format!("read {}", file.display()))?;
            lexer::identifiers(&source, |name| corpus.push(name, &mut numbers));
        }
        Ok(corpus)
    }

    pub(crate) fn word(&self, number: u32) -> &str {
        &self.words[number as usize]
    }

    fn push(&mut self, name: &str, numbers: &mut HashMap<String, u32>) {
        let number = match numbers.get(name) {
            Some(&number) => number,
            None => {
                // Sources of 4 billion different words do not fit into memory.
                let number = u32::try_from(self.words.len()).expect("fewer than 2^32 words");
                numbers.insert(name.to_owned(), number);
                self.words.push(name.to_owned());
                number
            }
        };
        self.stream.push(number);
    }
}

/// How many different words a part of the stream asks for, when it begins with the stream.
pub(crate) fn unique(stream: &[u32]) -> usize {
    stream.iter().max().map_or(0, |&last| last as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbered_as_they_appear() {
        let mut corpus = Corpus::default();
        let mut numbers = HashMap::new();
        for name in ["b", "a", "b", "c"] {
            corpus.push(name, &mut numbers);
        }
        assert_eq!((corpus.words.join(" "), &*corpus.stream), ("b a c".into(), &[0, 1, 0, 2][..]));
        assert_eq!([unique(&[]), unique(&[0, 1, 0]), unique(&corpus.stream)], [0, 2, 3]);
    }
}
