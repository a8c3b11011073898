//! How a log is opened: what is whole is read, what is torn is cut, what is damaged is set aside.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use cachefn_core::Error;

use super::damage::LogDamage;
use super::durability::Durability;
use super::folder::Folder;
use super::frame::{self, HEADER};
use super::log::Log;
use super::segment::{Limits, Segment};

impl Log {
    /// Opens the log in this folder, with the defaults of the [builder](Log::builder).
    ///
    /// # Errors
    /// As [`LogBuilder::open`].
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(folder).open()
    }

    /// Sets up a log in this folder.
    pub fn builder(folder: impl AsRef<Path>) -> LogBuilder {
        LogBuilder::new(folder.as_ref())
    }
}

/// Sets up a [`Log`].
///
/// ```
/// use cachefn_tokio::{Durability, Log};
/// # let folder = tempfile::tempdir()?;
/// let log = Log::builder(folder.path().join("outbox")).durability(Durability::EachBatch).open()?;
/// assert!(log.damaged().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct LogBuilder {
    path: PathBuf,
    durability: Durability,
    limits: Limits,
}

impl LogBuilder {
    pub(super) fn new(path: &Path) -> Self {
        let limits = Limits { file: 8 << 20, all: 256 << 20 };
        LogBuilder { path: path.into(), durability: Durability::EachWrite, limits }
    }

    /// When the disk is waited for: [`EachWrite`](Durability::EachWrite) by default.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// All files together take so many bytes, about; 256 MiB by default. When they are full, what is done or
    /// overwritten is left out of them; sets wait on the disk alone up to half of this. Every file is open.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.limits.all = bytes;
        self
    }

    /// A file takes so many bytes, about, until another is begun; 8 MiB by default.
    #[must_use]
    pub fn file_bytes(mut self, bytes: u64) -> Self {
        self.limits.file = bytes;
        self
    }

    /// Opens the log, and makes its folder if there is none.
    ///
    /// # Errors
    /// Of kind `unavailable` when the folder cannot be used, or another outbox has it, in this process or in another;
    /// of kind `config` when it is a file, or a bound leaves no room. Damage is no error: see [`Log::damaged`].
    pub fn open(self) -> Result<Log, Error> {
        if self.limits.file == 0 || self.limits.all < 2 * self.limits.file {
            let detail = "max_bytes has to be at least twice file_bytes, which is not 0";
            return Err(Error::config("open log", detail));
        }
        let folder = Folder::open(&self.path)?;
        let refused = |error: io::Error| {
            Error::unavailable("open log", format!("{}: {error}", self.path.display()))
        };
        let mut opened = Opened::default();
        let numbers = folder.numbers().map_err(refused)?;
        for number in &numbers {
            let is_last = Some(number) == numbers.last();
            opened.add(&folder, *number, is_last).map_err(refused)?;
        }
        opened.finish(folder, self.durability, self.limits).map_err(refused)
    }
}

#[derive(Default)]
struct Opened {
    damaged: Vec<LogDamage>,
    segments: Vec<Segment>,
    accepted: u64,
    last: u64,
}

impl Opened {
    fn add(&mut self, folder: &Folder, number: u32, is_last: bool) -> io::Result<()> {
        let file = folder.file(number);
        let mut bytes = std::fs::read(&file)?;
        let lines = frame::read(&bytes, number);
        if lines.whole < bytes.len() {
            // The last write of a process that was killed is torn, not damaged. A file without its whole header has nothing.
            let is_torn =
                is_last && !lines.goes_on && (lines.whole >= HEADER || bytes.len() < HEADER);
            if is_torn {
                let cut = bytes.len() - lines.whole;
                let torn = OpenOptions::new().write(true).open(&file)?;
                torn.set_len(lines.whole as u64)?;
                torn.sync_all()?;
                bytes.truncate(lines.whole);
                self.damaged.push(LogDamage::Cut { file: file.clone(), bytes: cut });
            } else {
                let mut whole = frame::header(number).to_vec();
                lines.lines.iter().for_each(|line| whole.extend_from_slice(&bytes[line.clone()]));
                bytes = whole;
                let kept_as = folder.set_aside(number, &bytes)?;
                self.damaged.push(LogDamage::SetAside { file: file.clone(), kept_as });
            }
        }
        self.segments.push(Segment::open(number, file, bytes.len() as u64, lines.last)?);
        self.accepted = self.accepted.max(lines.accepted);
        self.last = self.last.max(lines.last);
        Ok(())
    }

    fn finish(self, folder: Folder, durability: Durability, limits: Limits) -> io::Result<Log> {
        let Opened { damaged, segments, accepted, last } = self;
        Log::new(folder, durability, limits, segments, accepted, last.max(accepted), damaged)
    }
}
