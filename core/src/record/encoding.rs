//! Writes a record.

use alloc::vec::Vec;

use bytes::Bytes;

use super::fields::Record;
use super::{compression, layout};

impl Record {
    /// The bytes of the record. With the feature `lz4` a payload longer than `compress_above` bytes is
    /// compressed, unless that makes it no shorter; otherwise it stays as it is.
    ///
    /// ```
    /// # use cachefn_core::{Record, Token};
    /// # let record = |payload: &'static [u8]| Record {
    /// #     codec: 2, schema: 0, created: 0, fresh_for: 0, revalidates_for: 0, bridges_for: 0,
    /// #     idle_for: 0, name: "a:b".into(), namespace_token: Token([0; 16]), tags: vec![],
    /// #     payload: payload.into(),
    /// # };
    /// let (short, long) = (record(&[7; 100]), record(&[7; 10_000]));
    /// assert_eq!(short.encode(Some(1_000)), short.encode(None));
    /// let compressed = long.encode(Some(1_000));
    /// assert_eq!(compressed.len() < 200, cfg!(feature = "lz4"));
    /// assert_eq!(Record::decode(&compressed)?, long);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn encode(&self, compress_above: Option<usize>) -> Bytes {
        encode(self, compress_above)
    }
}

fn encode(record: &Record, compress_above: Option<usize>) -> Bytes {
    let compressed = compress_above
        .filter(|limit| record.payload.len() > *limit)
        .and_then(|_| compression::compress(&record.payload));
    let payload = compressed.as_deref().unwrap_or(&record.payload);
    let tags: usize =
        record.tags.iter().map(|tag| layout::SHORTEST_TAG + LONGEST + tag.name.len()).sum();
    let mut out = Vec::with_capacity(FIXED + record.name.len() + tags + payload.len());
    out.extend_from_slice(&layout::MAGIC);
    out.push(layout::VERSION);
    out.push(if compressed.is_some() { layout::COMPRESSED } else { 0 });
    header(record, &mut out);
    if compressed.is_some() {
        varint(record.payload.len() as u64, &mut out);
    }
    out.extend_from_slice(payload);
    let checksum = layout::checksum(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    Bytes::from(out)
}

fn header(record: &Record, out: &mut Vec<u8>) {
    out.push(record.codec);
    varint(u64::from(record.schema), out);
    varint(record.created, out);
    endless(record.fresh_for, out);
    varint(record.revalidates_for, out);
    varint(record.bridges_for, out);
    endless(record.idle_for, out);
    counted(&record.name, out);
    out.extend_from_slice(&record.namespace_token.0);
    varint(record.tags.len() as u64, out);
    for tag in &record.tags {
        counted(tag.name.as_bytes(), out);
        out.extend_from_slice(&tag.remove.0);
        out.extend_from_slice(&tag.expire.0);
    }
}

/// A time that most often has no end, which then takes one byte instead of ten.
fn endless(time: u64, out: &mut Vec<u8>) {
    if time == u64::MAX {
        out.push(0);
    } else {
        out.push(1);
        varint(time, out);
    }
}

fn counted(bytes: &[u8], out: &mut Vec<u8>) {
    varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Seven bits a byte, the lowest first; the highest bit says that another byte follows.
fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The longest varint.
const LONGEST: usize = 10;

/// More than everything but name, tags and payload takes.
const FIXED: usize = layout::PREFIX + 1 + 9 * LONGEST + 2 + 16 + layout::CHECKSUM;
