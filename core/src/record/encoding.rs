//! Writes a record.

use alloc::vec::Vec;

use bytes::Bytes;

use super::fields::{Record, RecordTag};
use super::{compression, layout};
use crate::storage::Token;

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
        self.head().encode(&self.payload, compress_above)
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            codec: self.codec,
            schema: self.schema,
            created: self.created,
            fresh_for: self.fresh_for,
            revalidates_for: self.revalidates_for,
            bridges_for: self.bridges_for,
            idle_for: self.idle_for,
            name: &self.name,
            namespace_token: self.namespace_token,
            tags: &self.tags,
        }
    }
}

/// All that a [`Record`] says but its payload, borrowed from whoever writes it.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) codec: u8,
    pub(crate) schema: u32,
    pub(crate) created: u64,
    pub(crate) fresh_for: u64,
    pub(crate) revalidates_for: u64,
    pub(crate) bridges_for: u64,
    pub(crate) idle_for: u64,
    pub(crate) name: &'a [u8],
    pub(crate) namespace_token: Token,
    pub(crate) tags: &'a [RecordTag],
}

impl Head<'_> {
    /// As [`Record::encode`].
    pub(crate) fn encode(&self, payload: &[u8], compress_above: Option<usize>) -> Bytes {
        let compressed = compress_above
            .filter(|limit| payload.len() > *limit)
            .and_then(|_| compression::compress(payload));
        let written = compressed.as_deref().unwrap_or(payload);
        let whole = compressed.as_ref().map(|_| payload.len() as u64);
        // Bytes with room behind them would be kept in a place of their own.
        let length = layout::PREFIX
            + self.length()
            + whole.map_or(0, varint_length)
            + written.len()
            + layout::CHECKSUM;
        let mut out = Vec::with_capacity(length);
        out.extend_from_slice(&layout::MAGIC);
        out.push(layout::VERSION);
        out.push(if compressed.is_some() { layout::COMPRESSED } else { 0 });
        header(self, &mut out);
        whole.into_iter().for_each(|length| varint(length, &mut out));
        out.extend_from_slice(written);
        let checksum = layout::checksum(&out);
        out.extend_from_slice(&checksum.to_le_bytes());
        debug_assert_eq!(out.len(), length);
        Bytes::from(out)
    }

    /// How many bytes [`header`] writes.
    fn length(&self) -> usize {
        let endless = |time| if time == u64::MAX { 1 } else { 1 + varint_length(time) };
        let counted = |length: usize| varint_length(length as u64) + length;
        let times = [self.created, self.revalidates_for, self.bridges_for].map(varint_length);
        let tags = self.tags.iter().map(|tag| counted(tag.name.len()) + 2 * TOKEN);
        1 + varint_length(u64::from(self.schema))
            + times.iter().sum::<usize>()
            + endless(self.fresh_for)
            + endless(self.idle_for)
            + counted(self.name.len())
            + TOKEN
            + varint_length(self.tags.len() as u64)
            + tags.sum::<usize>()
    }
}

fn header(head: &Head<'_>, out: &mut Vec<u8>) {
    out.push(head.codec);
    varint(u64::from(head.schema), out);
    varint(head.created, out);
    endless(head.fresh_for, out);
    varint(head.revalidates_for, out);
    varint(head.bridges_for, out);
    endless(head.idle_for, out);
    counted(head.name, out);
    out.extend_from_slice(&head.namespace_token.0);
    varint(head.tags.len() as u64, out);
    for tag in head.tags {
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

fn varint_length(number: u64) -> usize {
    let bits = u64::BITS - (number | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// The bytes of a token.
const TOKEN: usize = 16;
