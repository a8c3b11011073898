//! A line of the log with what finds damage: length, checksum, number.

use std::ops::Range;

use bytes::Bytes;
use crc::{CRC_32_ISCSI, Crc, Table};

use super::logged::Logged;

/// How a file of the log begins: magic, version.
pub(super) const MAGIC: [u8; 4] = [0xCA, b'f', b'l', 1];

/// Magic, and the number of the file.
pub(super) const HEADER: usize = 8;

/// Length and checksum.
pub(super) const BEFORE: usize = 8;
/// The number, and what kind of line it is.
const LEAST: usize = 9;
/// No line is longer.
const LONGEST: usize = 1 << 30;

static CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

pub(super) fn header(number: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&MAGIC);
    header[4..].copy_from_slice(&number.to_le_bytes());
    header
}

/// The bytes of a line; none when it is too long for a log.
pub(super) fn encode(sequence: u64, logged: &Logged) -> Option<Vec<u8>> {
    let mut frame = vec![0; BEFORE];
    frame.extend_from_slice(&sequence.to_le_bytes());
    logged.encode(&mut frame);
    let length = frame.len() - BEFORE;
    if length > LONGEST {
        return None;
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    let checksum = checksum(&frame[..4], &frame[BEFORE..]);
    frame[4..BEFORE].copy_from_slice(&checksum.to_le_bytes());
    Some(frame)
}

/// The line at the beginning of these bytes, its number and how many bytes it has; none if it is not whole.
pub(super) fn decode(bytes: &[u8]) -> Option<(u64, Logged, usize)> {
    let length = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    if !(LEAST..=LONGEST).contains(&length) {
        return None;
    }
    let body = bytes.get(BEFORE..BEFORE + length)?;
    let told = u32::from_le_bytes(bytes.get(4..BEFORE)?.try_into().ok()?);
    if told != checksum(&bytes[..4], body) {
        return None;
    }
    let sequence = u64::from_le_bytes(body.get(..8)?.try_into().ok()?);
    Some((sequence, Logged::decode(&body[8..])?, BEFORE + length))
}

/// The name that a line seems to have whose checksum is wrong; whoever can tell has to say whether it is.
pub(super) fn salvage(bytes: &[u8]) -> Option<Bytes> {
    Logged::decode(bytes.get(BEFORE + 8..)?)?.into_name()
}

/// What a file of the log holds.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Where the whole lines are.
    pub(super) lines: Vec<Range<usize>>,
    /// Up to there all is whole.
    pub(super) whole: usize,
    /// Whether there are whole lines after that: then something in the middle is damaged.
    pub(super) goes_on: bool,
    /// The highest number of a line.
    pub(super) last: u64,
    /// Up to this number everything is done, as far as this file knows.
    pub(super) accepted: u64,
}

/// Finds all lines that are whole, those after a damage, too.
pub(super) fn read(bytes: &[u8], number: u32) -> Lines {
    let mut lines = Lines::default();
    let mut at = HEADER;
    if bytes.get(..HEADER) == Some(&header(number)[..]) {
        lines.whole = HEADER;
    }
    let mut is_whole = lines.whole == HEADER;
    while at < bytes.len() {
        match decode(&bytes[at..]) {
            Some((sequence, logged, length)) => {
                lines.lines.push(at..at + length);
                lines.last = lines.last.max(sequence);
                if let Logged::Accepted { until } = logged {
                    lines.accepted = lines.accepted.max(until);
                }
                at += length;
                match is_whole {
                    true => lines.whole = at,
                    false => lines.goes_on = true,
                }
            }
            None => {
                is_whole = false;
                at += 1;
            }
        }
    }
    lines
}

fn checksum(length: &[u8], body: &[u8]) -> u32 {
    let mut digest = CRC.digest();
    digest.update(length);
    digest.update(body);
    digest.finalize()
}
