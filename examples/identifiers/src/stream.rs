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
