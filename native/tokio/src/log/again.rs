//! What is in a log, read again: by the process that wrote it, and by the next one.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::vec::IntoIter;

use bytes::Bytes;

use super::frame::{self, BEFORE, HEADER};
use super::log::Log;
use super::logged::Logged;
use super::segment::Spot;

impl Log {
    /// The line that was written there; none if it is not whole any more.
    pub(crate) fn read(&self, spot: Spot) -> Option<Logged> {
        let (_, logged, _) = frame::decode(&self.bytes_at(spot)?)?;
        Some(logged)
    }

    /// The name that a line there seems to have that is not whole any more.
    pub(crate) fn salvage(&self, spot: Spot) -> Option<Bytes> {
        frame::salvage(&self.bytes_at(spot)?)
    }

    pub(super) fn bytes_at(&self, spot: Spot) -> Option<Vec<u8>> {
        let at = self.segments.binary_search_by_key(&spot.file, |segment| segment.number).ok()?;
        self.segments[at].read(spot.offset.into(), spot.length as usize).ok()
    }

    /// What the process before left to wait, in the order of the files.
    pub(crate) fn left(&self) -> Left {
        // One that is shorter was begun when the process ended.
        let whole = self.segments.iter().filter(|segment| segment.bytes > HEADER as u64);
        let files: Vec<_> = whole.map(|segment| (segment.number, segment.file.clone())).collect();
        Left { accepted: self.accepted, files: files.into_iter(), reading: None }
    }
}

/// Lines that are read one by one: all of them may be more than memory has room for.
pub(crate) struct Left {
    accepted: u64,
    files: IntoIter<(u32, PathBuf)>,
    reading: Option<Reading>,
}

struct Reading {
    file: BufReader<File>,
    number: u32,
    offset: u64,
}

/// A line, its number, and where it is, unless its file is too long for that.
pub(crate) type LeftLine = (u64, Logged, Option<Spot>);

impl Left {
    /// The next line of which nobody says that it is done.
    ///
    /// # Errors
    /// A file cannot be read any more, or was changed since it was looked at.
    pub(crate) fn next(&mut self) -> io::Result<Option<LeftLine>> {
        loop {
            let Some(reading) = &mut self.reading else {
                let Some((number, path)) = self.files.next() else { return Ok(None) };
                let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
                file.read_exact(&mut [0; HEADER])?;
                self.reading = Some(Reading { file, number, offset: HEADER as u64 });
                continue;
            };
            let Some(frame) = reading.frame()? else {
                self.reading = None;
                continue;
            };
            let changed = || io::Error::other("the log was changed while it was read");
            let (sequence, logged, length) = frame::decode(&frame).ok_or_else(changed)?;
            let offset = u32::try_from(reading.offset).ok();
            reading.offset += length as u64;
            if sequence > self.accepted && !matches!(logged, Logged::Accepted { .. }) {
                let (file, length) = (reading.number, length as u32);
                let spot = offset.map(|offset| Spot { file, offset, length });
                return Ok(Some((sequence, logged, spot)));
            }
        }
    }
}

impl Reading {
    /// The bytes of the next line; none at the end of the file.
    fn frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut frame = Vec::new();
        self.file.by_ref().take(BEFORE as u64).read_to_end(&mut frame)?;
        if frame.is_empty() {
            return Ok(None);
        }
        let length = frame.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        self.file.by_ref().take(length.into()).read_to_end(&mut frame)?;
        Ok(Some(frame))
    }
}
