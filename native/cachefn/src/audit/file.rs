//! A file with a line for each event, which is begun anew when it is large.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// `audit.log`, and the older `audit.log.1` to `.keep`.
pub(super) struct Rotating {
    path: PathBuf,
    file: File,
    length: u64,
    most: u64,
    keep: u32,
}

impl Rotating {
    /// # Errors
    /// When the file cannot be opened or made.
    pub(super) fn open(path: &Path, most: u64, keep: u32) -> io::Result<Self> {
        let file = append(path)?;
        let length = file.metadata()?.len();
        Ok(Rotating { path: path.into(), file, length, most, keep })
    }

    /// Writes a line, whole: into one file or the next.
    ///
    /// # Errors
    /// When the system refuses; nothing was rotated away without a copy that is kept.
    pub(super) fn write(&mut self, line: &str) -> io::Result<()> {
        let text = format!("{line}\n");
        if self.length > 0 && self.length + text.len() as u64 > self.most {
            self.rotate()?;
        }
        // One call, so that lines of several processes do not mix.
        self.file.write_all(text.as_bytes())?;
        self.length += text.len() as u64;
        Ok(())
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
        (self.file, self.length) = (append(&self.path)?, 0);
        Ok(())
    }
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
