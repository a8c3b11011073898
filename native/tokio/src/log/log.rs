//! What waits for a storage, on the disk before it is acknowledged.

use std::io::{self, Write};

use cachefn_core::Error;

use super::damage::LogDamage;
use super::durability::Durability;
use super::folder::Folder;
use super::frame;
use super::logged::Logged;
use super::segment::{Limits, Segment, Spot, begin};

/// A log on the disk for an [`Outbox`](crate::Outbox): what waits there is there at the next start.
///
/// It is a folder of its own, which one outbox has at a time. Writing to it blocks the thread, as files do.
///
/// When the disk is full or fails, the outbox goes on in memory and
/// [tells](crate::OutboxEvent::LogFailed); for the next process the log is empty then, because one that lacks the newest
/// writes would bring older ones back. What waited on the disk alone is still read by this one. The log is written again when
/// nothing waits any more.
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
    pub(super) folder: Folder,
    durability: Durability,
    pub(super) limits: Limits,
    /// The last one is written.
    pub(super) segments: Vec<Segment>,
    pub(super) accepted: u64,
    last: u64,
    is_dirty: bool,
    /// How often the disk was waited for.
    #[cfg(test)]
    pub(crate) waits: usize,
    /// Its files are gone, and can be read by this process alone.
    pub(super) is_forsaken: bool,
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
        accepted: u64,
        last: u64,
        damaged: Vec<LogDamage>,
    ) -> io::Result<Self> {
        // A file of its own for what comes: whatever an older one has is as it was read.
        let number = segments.last().map_or(1, |segment| segment.number + 1);
        segments.push(begin(&folder, number)?);
        let (is_dirty, is_forsaken) = (false, false);
        let mut log = Log {
            folder,
            durability,
            limits,
            segments,
            accepted,
            last,
            is_dirty,
            #[cfg(test)]
            waits: 0,
            is_forsaken,
            damaged,
        };
        log.accept_again()?;
        Ok(log)
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

    /// Writes a line; where it is. It is kept as it was promised after [`sync_writes`](Self::sync_writes).
    ///
    /// # Errors
    /// When it is not written; half of it may be, which is found when the log is opened.
    pub(crate) fn append(&mut self, sequence: u64, logged: &Logged) -> Result<Spot, Error> {
        self.write(sequence, logged).map_err(told)
    }

    /// What was appended is about to be acknowledged.
    ///
    /// # Errors
    /// As [`sync`](Self::sync).
    pub(crate) fn sync_writes(&mut self) -> Result<(), Error> {
        match self.durability {
            Durability::EachWrite => self.sync(),
            _ => Ok(()),
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
        if self.is_forsaken {
            return Ok(());
        }
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

    /// [`sync`](Self::sync), where a batch is not to be written before.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn sync_batch(&mut self) -> Result<(), Error> {
        match self.durability {
            Durability::EachBatch => self.sync(),
            _ => Ok(()),
        }
    }

    /// Waits for the disk.
    ///
    /// # Errors
    /// When it cannot be waited for: what was written may be lost with the power.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        if self.is_dirty {
            #[cfg(test)]
            {
                self.waits += 1;
            }
            self.current_segment().open.sync_data().map_err(told)?;
            self.is_dirty = false;
        }
        Ok(())
    }

    pub(super) fn write(&mut self, sequence: u64, logged: &Logged) -> io::Result<Spot> {
        let too_long =
            || io::Error::new(io::ErrorKind::InvalidInput, "the line is longer than 1 GiB");
        let frame = frame::encode(sequence, logged).ok_or_else(too_long)?;
        self.write_frame(sequence, &frame)
    }

    pub(super) fn write_frame(&mut self, sequence: u64, frame: &[u8]) -> io::Result<Spot> {
        // A place in a file has four bytes.
        let most = self.limits.file.min(u32::MAX.into());
        let room = most.saturating_sub(self.current_segment().bytes);
        if frame.len() as u64 > room && self.current_segment().bytes > frame::HEADER as u64 {
            self.rotate()?;
        }
        let segment = self.segments.last_mut().ok_or_else(gone)?;
        segment.open.write_all(frame)?;
        let (offset, length) = (segment.bytes as u32, frame.len() as u32);
        segment.bytes += frame.len() as u64;
        segment.last = segment.last.max(sequence);
        self.is_dirty = true;
        self.last = self.last.max(sequence);
        Ok(Spot { file: segment.number, offset, length })
    }

    /// Begins the next file, which says from its beginning what is done.
    pub(super) fn rotate(&mut self) -> io::Result<()> {
        if self.durability != Durability::Never {
            self.current_segment().open.sync_all()?;
        }
        self.segments.push(begin(&self.folder, self.current_segment().number + 1)?);
        self.is_dirty = true;
        if self.durability != Durability::Never {
            self.folder.sync();
        }
        self.accept_again()
    }

    pub(super) fn accept_again(&mut self) -> io::Result<()> {
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
            self.current_segment().open.sync_data()?;
        }
        for segment in self.segments.drain(..old) {
            std::fs::remove_file(segment.file)?;
        }
        Ok(())
    }

    /// Another file in the place of the one that is written.
    #[cfg(all(test, unix))]
    pub(crate) fn exchange_file(&mut self, file: std::fs::File) -> std::fs::File {
        let segment = self.segments.last_mut().expect("a log always writes to some file");
        std::mem::replace(&mut segment.open, file)
    }

    pub(super) fn current_segment(&self) -> &Segment {
        self.segments.last().expect("a log always writes to some file")
    }
}

pub(super) fn told(error: io::Error) -> Error {
    Error::unavailable("log", error)
}

fn gone() -> io::Error {
    io::Error::other("the log has no file")
}
