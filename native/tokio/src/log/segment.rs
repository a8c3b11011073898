//! One file of a log.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
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
    pub(super) bytes: u64,
    /// The highest number in it.
    pub(super) last: u64,
}

/// The next file of a log, with its header.
pub(super) fn begin(folder: &Folder, number: u32) -> io::Result<(Segment, File)> {
    let file = folder.file(number);
    let mut current = OpenOptions::new().append(true).create_new(true).open(&file)?;
    current.write_all(&frame::header(number))?;
    let bytes = frame::HEADER as u64;
    Ok((Segment { number, file, bytes, last: 0 }, current))
}
