//! Hands the stream, and what came out, over to the JavaScript half.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use crate::corpus::Corpus;
use crate::report::Report;

pub(crate) fn default_path(root: &Path) -> PathBuf {
    root.join("target/identifiers/stream.bin")
}

/// Writes the whole stream: four numbers of 32 bits, little end first (`FORMAT`, how many words,
/// bytes of their text, how many requests), the words with a line feed behind each, zeros up to
/// the next multiple of four, and the number of the word of each request.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(corpus: &Corpus, path: &Path) -> Result<()> {
    let mut text = String::new();
    for word in &corpus.words {
        text.push_str(word);
        text.push('\n');
    }
    let mut bytes = Vec::with_capacity(16 + text.len() + 4 * corpus.stream.len());
    for number in [FORMAT as usize, corpus.words.len(), text.len(), corpus.stream.len()] {
        let number = u32::try_from(number).context("the sources are too long for the stream")?;
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend(corpus.stream.iter().flat_map(|number| number.to_le_bytes()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    // Facts about an older stream must not be compared with answers to this one.
    let _ = fs::remove_file(facts(path));
    replace(path, &bytes)
}

/// Reads what [`write()`] has written.
///
/// # Errors
/// The file cannot be read, or is none of these.
pub(crate) fn read(path: &Path) -> Result<Corpus> {
    let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    parse(&bytes).with_context(|| format!("{} is no stream of identifiers", path.display()))
}

fn parse(bytes: &[u8]) -> Option<Corpus> {
    let numbers = |bytes: &[u8]| -> Vec<u32> {
        let (chunks, _) = bytes.as_chunks::<4>();
        chunks.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect()
    };
    let [format, words, length, _] = numbers(bytes.get(..16)?)[..] else { return None };
    let text_end = 16 + length as usize;
    let text = std::str::from_utf8(bytes.get(16..text_end)?).ok()?;
    let corpus = Corpus {
        words: text.lines().map(str::to_owned).collect(),
        stream: numbers(bytes.get(text_end.next_multiple_of(4)..)?),
    };
    let fits = |&number: &u32| number < words;
    let is_whole = corpus.words.len() == words as usize && corpus.stream.iter().all(fits);
    (format == FORMAT && is_whole).then_some(corpus)
}

/// Writes what both halves must agree on into a file beside the stream.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_facts(corpus: &Corpus, report: &Report, path: &Path) -> Result<()> {
    let text = json!({
        "words": corpus.words.len(),
        "identifiers": corpus.stream.len(),
        "requests": report.replay.requests,
        "unique": report.unique,
        "lruHits": report.lru_hits,
        "optimumHits": report.optimum_hits,
        "checksum": report.replay.checksum,
    });
    replace(&facts(path), format!("{text}\n").as_bytes())
}

fn facts(path: &Path) -> PathBuf {
    path.with_extension("json")
}

/// A reader finds the old file or the new one, never half of it.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&written, bytes)
        .and_then(|()| fs::rename(&written, path))
        .with_context(|| format!("write {}", path.display()))
}

/// Changes with the meaning of the file.
const FORMAT: u32 = 0x4346_0001;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = std::env::temp_dir().join(format!("identifiers-{}", std::process::id()));
        let path = folder.join("stream.bin");
        let words = ["one", "three", "three_hundred"].map(String::from).to_vec();
        write(&Corpus { words: words.clone(), stream: vec![0, 1, 0, 2] }, &path).expect("a file");
        let corpus = read(&path).expect("the same file");
        assert_eq!((corpus.words, corpus.stream), (words, vec![0, 1, 0, 2]));
        fs::write(&path, "something else, long enough for a header").expect("a file");
        assert!(
            read(&path)
                .err()
                .expect("no stream")
                .to_string()
                .ends_with("is no stream of identifiers")
        );
        fs::remove_dir_all(&folder).expect("its own folder");
    }
}
