//! What waits for a storage, on the disk before it is acknowledged.

use std::fs::File;
use std::io::{self, Write};

use cachefn_core::Error;

use super::damage::LogDamage;
use super::durability::Durability;
use super::folder::Folder;
use super::frame;
use super::logged::Logged;
use super::segment::{Limits, Segment, begin};

/// A log on the disk for an [`Outbox`](crate::Outbox): what waits there is there at the next start.
///
/// It is a folder of its own, which one outbox has at a time. Writing to it blocks the thread, as files do.
///
/// When the disk is full or fails, the outbox goes on in memory and
/// [tells](crate::OutboxEvent::LogFailed); the log is emptied then, because one that lacks the newest writes would bring
/// older ones back. It is written again when nothing waits any more.
///
/// ```
/// use cachefn_conformance::{Chaos, Faults, MapStorage};
/// use cachefn_core::{Keep, Storage};
/// use cachefn_tokio::{Log, Outbox, TokioRuntime};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let (path, runtime) = (folder.path().join("outbox"), TokioRuntime::current()?);
/// let (map, down) = (MapStorage::new(), Faults::down());
/// let server = Chaos::new(map.clone(), 7).with(down);
/// let outbox = Outbox::new(server, runtime.clone()).log(Log::open(&path)?).build().await?;
/// outbox.set(b"users:7", b"Ada"[..].into(), Keep::default()).await?;
/// drop(outbox); // the process ends
///
/// let outbox = Outbox::new(map.clone(), runtime).log(Log::open(&path)?).build().await?;
/// outbox.flush().await?;
/// assert_eq!(map.len(), 1);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Log {
    folder: Folder,
    durability: Durability,
    limits: Limits,
    /// The last one is written.
    segments: Vec<Segment>,
    current: File,
    restored: Vec<(u64, Logged)>,
    accepted: u64,
    last: u64,
    is_dirty: bool,
    damaged: Vec<LogDamage>,
}

impl Log {
    /// What was wrong with it when it was opened, if something was.
    pub fn damaged(&self) -> &[LogDamage] {
        &self.damaged
    }

    #[allow(clippy::too_many_arguments, reason = "called once, by who opens it")]
    pub(super) fn new(
        folder: Folder,
        durability: Durability,
        limits: Limits,
        mut segments: Vec<Segment>,
        restored: Vec<(u64, Logged)>,
        accepted: u64,
        last: u64,
        damaged: Vec<LogDamage>,
    ) -> io::Result<Self> {
        // A file of its own for what comes: whatever an older one has is as it was read.
        let number = segments.last().map_or(1, |segment| segment.number + 1);
        let (segment, current) = begin(&folder, number)?;
        segments.push(segment);
        let is_dirty = false;
        let mut log = Log {
            folder,
            durability,
            limits,
            segments,
            current,
            restored,
            accepted,
            last,
            is_dirty,
            damaged,
        };
        log.accept_again()?;
        Ok(log)
    }

    /// What the process before left to wait, in its order. Once.
    pub(crate) fn take_restored(&mut self) -> Vec<(u64, Logged)> {
        std::mem::take(&mut self.restored)
    }

    /// The highest number that was ever given.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Whether it has lines of which it does not say that they are done.
    pub(crate) fn is_open(&self) -> bool {
        self.last > self.accepted
    }

    /// Whether a line has no room within the bound.
    pub(crate) fn is_full_with(&self, logged: &Logged) -> bool {
        let more = frame::encode(0, logged).map_or(0, |frame| frame.len() as u64);
        self.segments.iter().map(|segment| segment.bytes).sum::<u64>() + more > self.limits.all
    }

    /// Writes a line, to be kept as it was promised.
    ///
    /// # Errors
    /// When it is not written; half of it may be, which is found when the log is opened.
    pub(crate) fn append(&mut self, sequence: u64, logged: &Logged) -> Result<(), Error> {
        self.write(sequence, logged).map_err(told)?;
        match self.durability {
            Durability::EachWrite => self.sync(),
            Durability::EachBatch | Durability::Never => Ok(()),
        }
    }

    /// Everything up to this number is done. `is_empty`: nothing waits.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub(crate) fn accept(&mut self, until: u64, is_empty: bool) -> Result<(), Error> {
        if until <= self.accepted {
            return Ok(());
        }
        self.accepted = until;
        let accept = |log: &mut Self| {
            let is_large = log.current_segment().bytes > log.limits.file / 2;
            if is_empty && is_large {
                log.rotate()?;
            }
            log.write(log.last.max(until), &Logged::Accepted { until })?;
            log.drop_old()
        };
        accept(self).map_err(told)?;
        // Writes that do not wait follow, and nothing from before may come back over them.
        match is_empty && self.durability != Durability::Never {
            true => self.sync(),
            false => Ok(()),
        }
    }

    /// Writes these lines, and no others are left.
    ///
    /// # Errors
    /// When they do not fit or cannot be written.
    pub(crate) fn rewrite(&mut self, live: &[(u64, Logged)]) -> Result<(), Error> {
        let before = self.segments.len();
        let rewrite = |log: &mut Self| {
            log.rotate()?;
            for (sequence, logged) in live {
                log.write(*sequence, logged)?;
            }
            log.current.sync_all()?;
            for segment in log.segments.drain(..before) {
                std::fs::remove_file(segment.file)?;
            }
            log.accept_again()
        };
        rewrite(self).map_err(told)?;
        let all: u64 = self.segments.iter().map(|segment| segment.bytes).sum();
        match all > self.limits.all / 2 {
            true => Err(Error::unavailable("log", "max_bytes has no room for what waits")),
            false => Ok(()),
        }
    }

    /// Forgets everything; needs no space on the disk.
    pub(crate) fn empty(&mut self) {
        let last = self.segments.len() - 1;
        for segment in self.segments.drain(..last) {
            let _ = std::fs::remove_file(segment.file);
        }
        let emptied = self.current.set_len(frame::HEADER as u64);
        if let (Ok(()), Some(segment)) = (emptied, self.segments.last_mut()) {
            (segment.bytes, segment.last) = (frame::HEADER as u64, 0);
        }
        let _ = self.current.sync_all();
        self.folder.sync();
    }

    pub(crate) fn sync_batch(&mut self) {
        if self.durability == Durability::EachBatch {
            // What cannot be synced now is tried again with the next batch.
            let _ = self.sync();
        }
    }

    /// Waits for the disk.
    ///
    /// # Errors
    /// When it cannot be waited for: what was written may be lost with the power.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        if self.is_dirty {
            self.current.sync_data().map_err(told)?;
            self.is_dirty = false;
        }
        Ok(())
    }

    fn write(&mut self, sequence: u64, logged: &Logged) -> io::Result<()> {
        let Some(frame) = frame::encode(sequence, logged) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the line is longer than 1 GiB",
            ));
        };
        let room = self.limits.file.saturating_sub(self.current_segment().bytes);
        if frame.len() as u64 > room && self.current_segment().bytes > frame::HEADER as u64 {
            self.rotate()?;
        }
        self.current.write_all(&frame)?;
        self.is_dirty = true;
        self.last = self.last.max(sequence);
        if let Some(segment) = self.segments.last_mut() {
            segment.bytes += frame.len() as u64;
            segment.last = segment.last.max(sequence);
        }
        Ok(())
    }

    /// Begins the next file, which says from its beginning what is done.
    fn rotate(&mut self) -> io::Result<()> {
        if self.durability != Durability::Never {
            self.current.sync_all()?;
        }
        let (segment, current) = begin(&self.folder, self.current_segment().number + 1)?;
        (self.current, self.is_dirty) = (current, true);
        self.segments.push(segment);
        if self.durability != Durability::Never {
            self.folder.sync();
        }
        self.accept_again()
    }

    fn accept_again(&mut self) -> io::Result<()> {
        let until = self.accepted;
        if until > 0 {
            self.write(self.last, &Logged::Accepted { until })?;
        }
        self.drop_old()
    }

    /// Removes files in which everything is done.
    fn drop_old(&mut self) -> io::Result<()> {
        let last = self.segments.len() - 1;
        let done = |segment: &Segment| segment.last <= self.accepted;
        let old = self.segments[..last].iter().take_while(|segment| done(segment)).count();
        if old > 0 {
            // What says so is on the disk before they go.
            self.current.sync_data()?;
        }
        for segment in self.segments.drain(..old) {
            std::fs::remove_file(segment.file)?;
        }
        Ok(())
    }

    fn current_segment(&self) -> &Segment {
        self.segments.last().expect("a log always writes to some file")
    }
}

fn told(error: io::Error) -> Error {
    Error::unavailable("log", error)
}
