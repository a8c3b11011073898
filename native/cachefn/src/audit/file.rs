//! A file with a line for each event, which is begun anew when it is large.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// `audit.log`, and the older `audit.log.1` to `.keep`.
pub(super) struct Rotating {
    path: PathBuf,
    file: File,
    /// The last line is not whole: there was no room for it.
    is_torn: bool,
    most: u64,
    keep: u32,
}

impl Rotating {
    /// # Errors
    /// When the file cannot be opened or made.
    pub(super) fn open(path: &Path, most: u64, keep: u32) -> io::Result<Self> {
        let file = append(path)?;
        Ok(Rotating { path: path.into(), file, is_torn: false, most, keep })
    }

    /// Writes a line, whole: into one file or the next.
    ///
    /// # Errors
    /// When the system refuses; nothing was rotated away without a copy that is kept.
    pub(super) fn write(&mut self, line: &str) -> io::Result<()> {
        let text = format!("{}{line}\n", if self.is_torn { "\n" } else { "" });
        let mut length = self.current()?;
        if length > 0 && length + text.len() as u64 > self.most {
            self.rotate()?;
            length = 0;
        }
        let text = if length == 0 { text.trim_start() } else { &text };
        // One call, so that lines of several processes do not mix.
        let written = self.file.write_all(text.as_bytes());
        self.is_torn = written.is_err();
        written
    }

    /// Takes the file that has the name: another process may have begun the next one, or somebody have
    /// taken this one away. Its length.
    fn current(&mut self) -> io::Result<u64> {
        let held = self.file.metadata()?;
        if std::fs::metadata(&self.path).is_ok_and(|named| is_same(&held, &named)) {
            return Ok(held.len());
        }
        (self.file, self.is_torn) = (append(&self.path)?, false);
        Ok(self.file.metadata()?.len())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let older = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        // It may be gone already, by a rotation that could not begin another one: what is older stays then.
        let numbers = if self.path.exists() { 0..self.keep } else { 0..0 };
        if self.keep == 0 {
            gone(std::fs::remove_file(&self.path))?;
        }
        for number in numbers.rev() {
            let from = if number == 0 { self.path.clone() } else { older(number) };
            gone(std::fs::rename(from, older(number + 1)))?;
        }
        self.file = append(&self.path)?;
        Ok(())
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// As far as can be told: the next file has another length.
#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len()
}

/// What is not there is gone, whoever took it.
fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
