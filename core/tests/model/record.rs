//! Any bytes as a record and as a value: a refusal, or what was written.

use std::collections::BTreeMap;

use cachefn_core::{Codec, Record};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A value with every kind of thing in it.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Value {
    id: u64,
    change: i32,
    name: String,
    kind: Kind,
    parts: Vec<Value>,
    notes: BTreeMap<String, Option<u8>>,
    next: Option<Box<Value>>,
    weightless: Vec<()>,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Kind {
    Plain,
    Number(i128),
    Pair(char, bool),
    Named { of: String },
}

/// What a fuzz target does with its input: the first byte says how it is to be looked at. Nothing when
/// the input is empty.
///
/// # Panics
/// Bytes were taken for something that they are not.
pub(crate) fn replay(bytes: &[u8]) -> Option<()> {
    let (how, rest) = bytes.split_first()?;
    match how % 4 {
        // As it is. Chance hardly finds a checksum, so this is about what comes before it.
        0 => whole(rest),
        // With a beginning and an end that are right, so that the header is looked at.
        1 => whole(&sealed(&[&[0xCA, b'f', b'n', 1, how >> 7], rest].concat())),
        // As the record of a value that was written, in which the input changes some bytes.
        2 => whole(&changed(rest)),
        _ => values(rest),
    }
    Some(())
}

/// Bytes that are a record are the only ones for it, unless they are compressed.
fn whole(bytes: &[u8]) {
    let bytes = bytes::Bytes::copy_from_slice(bytes);
    let Ok(record) = Record::decode(&bytes) else { return };
    assert!(record.payload.len() <= bytes.len() * 255);
    let plain = record.encode(None);
    if bytes[4] == 0 {
        assert_eq!(plain, bytes, "a record has one spelling");
    }
    for again in [plain, record.encode(Some(0)), record.encode(Some(100))] {
        assert_eq!(Record::decode(&again).as_ref(), Ok(&record));
    }
    values(&record.payload);
}

/// A record that was damaged at places that the input names, its checksum right or not.
fn changed(bytes: &[u8]) -> Vec<u8> {
    let (seal, changes) = bytes.split_first().unwrap_or((&0, &[]));
    let mut record = SEED.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(change[0]) % record.len();
        match change[1] % 4 {
            0 => record[at] = change[2],
            1 => record[at] ^= 1 << (change[2] % 8),
            2 => record.insert(at, change[2]),
            _ => drop(record.remove(at)),
        }
        if record.len() < 20 {
            break;
        }
    }
    if seal % 2 == 0 { sealed(&record[..record.len() - 4]) } else { record }
}

/// Bytes that are a value are one in every codec, and the same when they are written again.
fn values(bytes: &[u8]) {
    #[cfg(feature = "postcard")]
    {
        value::<Value>(&cachefn_core::Postcard, bytes);
        value::<Vec<Vec<(u8, ())>>>(&cachefn_core::Postcard, bytes);
    }
    #[cfg(feature = "json")]
    {
        value::<Value>(&cachefn_core::Json, bytes);
        value::<serde_json::Value>(&cachefn_core::Json, bytes);
    }
    #[cfg(feature = "messagepack")]
    {
        value::<Value>(&cachefn_core::MessagePack, bytes);
        value::<Vec<Vec<(u8, ())>>>(&cachefn_core::MessagePack, bytes);
    }
    let _ = bytes;
}

fn value<V>(codec: &impl Codec<V>, bytes: &[u8])
where
    V: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let Ok(value) = codec.decode(bytes) else { return };
    let mut again = Vec::new();
    codec.encode(&value, &mut again).expect("what was read can be written");
    assert_eq!(codec.decode(&again), Ok(value));
}

/// With the checksum that it ought to have.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0x82F6_3B78 * (sum & 1)))
    });
    [bytes, &(!sum).to_le_bytes()].concat()
}

const SEED: &[u8] = include_bytes!("../../../tests/vectors/records/postcard.bin");
