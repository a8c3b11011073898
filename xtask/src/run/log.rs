//! The full output of one job, on disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};

/// A log file that several readers of output may write to.
pub(super) struct Log {
    path: PathBuf,
    file: Mutex<File>,
}

impl Log {
    /// An empty log; what stood in it before is gone.
    pub(super) fn create(path: PathBuf) -> Result<Self> {
        let folder = path.parent().expect("a log lies in a folder");
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one line. A full disk must not stop the tests: the output is also counted in memory.
    pub(super) fn line(&self, text: &str) {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = writeln!(file, "{text}");
    }

    /// The last lines, for showing beside a failure.
    pub(super) fn tail(&self, lines: usize) -> String {
        let bytes = fs::read(&self.path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}
