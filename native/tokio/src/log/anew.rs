//! A log written anew: with what still counts alone, or with nothing.

use std::fs::File;

use cachefn_core::Error;

use super::frame;
use super::log::{Log, told};
use super::logged::Logged;
use super::segment::{Spot, begin};

impl Log {
    /// So many bytes of lines that count may be in it.
    pub(crate) fn most_live(&self) -> u64 {
        self.limits.all / 2
    }

    /// Begins to write what still counts once more; the number of the first of the new files.
    ///
    /// # Errors
    /// When no file can be begun.
    pub(crate) fn begin_anew(&mut self) -> Result<u32, Error> {
        self.rotate().map_err(told)?;
        Ok(self.current_segment().number)
    }

    /// Writes a line that still counts.
    ///
    /// # Errors
    /// When it is not written.
    pub(crate) fn write_anew(&mut self, sequence: u64, logged: &Logged) -> Result<(), Error> {
        self.write(sequence, logged).map_err(told).map(drop)
    }

    /// Writes the line that is there once more; where it is now, or nothing if it is not whole any more.
    ///
    /// # Errors
    /// When it is not written.
    pub(crate) fn copy_anew(&mut self, sequence: u64, spot: Spot) -> Result<Option<Spot>, Error> {
        let Some(bytes) = self.bytes_at(spot) else { return Ok(None) };
        match frame::decode(&bytes) {
            Some((own, _, _)) if own == sequence => {
                self.write_frame(sequence, &bytes).map_err(told).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// All that counts is in this file and those after it: the others are removed.
    ///
    /// # Errors
    /// When they cannot be removed, or what counts does not fit.
    pub(crate) fn end_anew(&mut self, first: u32) -> Result<(), Error> {
        self.current_segment().open.sync_all().map_err(told)?;
        let old = self.segments.partition_point(|segment| segment.number < first);
        for segment in self.segments.drain(..old) {
            std::fs::remove_file(segment.file).map_err(told)?;
        }
        self.accept_again().map_err(told)?;
        let all: u64 = self.segments.iter().map(|segment| segment.bytes).sum();
        match all > self.most_live() {
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
        if let Some(segment) = self.segments.last_mut() {
            if segment.open.set_len(frame::HEADER as u64).is_ok() {
                (segment.bytes, segment.last) = (frame::HEADER as u64, 0);
            }
            let _ = segment.open.sync_all();
        }
        self.folder.sync();
    }

    /// The next process finds nothing, but this one reads what it wrote until it [begins](Self::begin_again)
    /// again; needs no space on the disk, and frees none before that.
    pub(crate) fn forsake(&mut self) {
        self.is_forsaken = true;
        for segment in &self.segments {
            // Where a file cannot be removed, nothing may be left in it.
            if std::fs::remove_file(&segment.file).is_err() && segment.file.exists() {
                let _ = File::create(&segment.file);
            }
        }
        self.folder.sync();
    }

    /// Nothing that was written is needed any more.
    ///
    /// # Errors
    /// When no file can be begun: then it is as it was.
    pub(crate) fn begin_again(&mut self) -> Result<(), Error> {
        if self.is_forsaken {
            let segment = begin(&self.folder, self.current_segment().number + 1).map_err(told)?;
            self.segments = vec![segment];
            self.is_forsaken = false;
            self.accept_again().map_err(told)?;
        }
        Ok(())
    }
}
