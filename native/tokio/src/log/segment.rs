//! One file of a log, and where a line is in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::folder::Folder;
use super::frame;

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) file: u64,
    pub(super) all: u64,
}

/// One file.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u32,
    pub(super) file: PathBuf,
    /// Open for as long as something in it may be read again: however many files the process has open then.
    pub(super) open: File,
    pub(super) bytes: u64,
    /// The highest number in it.
    pub(super) last: u64,
}

/// Where a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The number of the file.
    pub(crate) file: u32,
    pub(crate) offset: u32,
    /// With its length and its checksum.
    pub(crate) length: u32,
}

impl Segment {
    /// A file that is there.
    pub(super) fn open(number: u32, file: PathBuf, bytes: u64, last: u64) -> io::Result<Self> {
        let open = File::open(&file)?;
        Ok(Segment { number, file, open, bytes, last })
    }

    /// So many bytes from there on. Who calls it is alone with the file.
    pub(super) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let (mut file, mut bytes) = (&self.open, vec![0; length]);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The next file of a log, with its header. One that a full disk left without its header is begun again: nobody
/// else is in the folder.
pub(super) fn begin(folder: &Folder, number: u32) -> io::Result<Segment> {
    let file = folder.file(number);
    let mut open = OpenOptions::new().append(true).read(true).create(true).open(&file)?;
    open.set_len(0)?;
    open.write_all(&frame::header(number))?;
    let bytes = frame::HEADER as u64;
    Ok(Segment { number, file, open, bytes, last: 0 })
}
