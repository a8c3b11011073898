//! What is kept, as bytes of a storage.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Codec, Error};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::kept::{Entry, Kept, Variant};
use super::reader::{Reader, put_bytes, put_number};
use super::stored::{Heuristic, Stored, Times};
use super::vary::Selecting;

/// A number for the kind, then every text and list behind its length.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptCodec {
    pub(super) heuristic: Option<Heuristic>,
}

impl Codec<Kept> for KeptCodec {
    fn id(&self) -> u8 {
        200
    }

    fn schema(&self) -> u32 {
        SCHEMA
    }

    fn encode(&self, value: &Kept, out: &mut Vec<u8>) -> Result<(), Error> {
        match &value.0 {
            Entry::Nothing => return Err(Error::encoding("nothing was fetched that may be kept")),
            Entry::Variants(all) => {
                out.push(VARIANTS);
                put_number(all.len() as u64, out);
                all.iter().for_each(|one| put_variant(one, out));
            }
            Entry::Response(stored) => {
                out.push(RESPONSE);
                put_stored(stored, out);
            }
        }
        Ok(())
    }

    fn decode(&self, bytes: &[u8]) -> Result<Kept, Error> {
        let mut reader = Reader(bytes);
        let entry = match reader.byte()? {
            VARIANTS => {
                let count = reader.count()?;
                let all: Result<Vec<_>, _> = (0..count).map(|_| variant(&mut reader)).collect();
                Entry::Variants(Arc::new(all?))
            }
            RESPONSE => Entry::Response(Arc::new(self.stored(&mut reader)?)),
            _ => return Err(Error::decoding("no kind of entry has this number")),
        };
        reader.end()?;
        Ok(Kept(entry))
    }
}

impl KeptCodec {
    fn stored(&self, reader: &mut Reader<'_>) -> Result<Stored, Error> {
        let status = u16::try_from(reader.number()?).map_err(Error::decoding)?;
        let status = StatusCode::from_u16(status).map_err(Error::decoding)?;
        let times = Times { asked: reader.number()?, answered: reader.number()? };
        let mut headers = HeaderMap::new();
        for _ in 0..reader.count()? {
            let name = HeaderName::from_bytes(reader.bytes()?).map_err(Error::decoding)?;
            let value = HeaderValue::from_bytes(reader.bytes()?).map_err(Error::decoding)?;
            headers.try_append(name, value).map_err(Error::decoding)?;
        }
        let mut tags = Vec::new();
        for _ in 0..reader.count()? {
            tags.push(Box::from(reader.text()?));
        }
        let body = Bytes::copy_from_slice(reader.bytes()?);
        Ok(Stored::new(status, headers, body, tags, times, self.heuristic))
    }
}

fn put_stored(stored: &Stored, out: &mut Vec<u8>) {
    put_number(u64::from(stored.status.as_u16()), out);
    put_number(stored.times.asked, out);
    put_number(stored.times.answered, out);
    put_number(stored.headers.len() as u64, out);
    for (name, value) in &stored.headers {
        put_bytes(name.as_str().as_bytes(), out);
        put_bytes(value.as_bytes(), out);
    }
    put_number(stored.tags.len() as u64, out);
    stored.tags.iter().for_each(|tag| put_bytes(tag.as_bytes(), out));
    put_bytes(&stored.body, out);
}

fn put_variant(one: &Variant, out: &mut Vec<u8>) {
    put_bytes(one.place.as_bytes(), out);
    put_number(one.date, out);
    put_number(one.selecting.len() as u64, out);
    for chosen in &one.selecting {
        put_bytes(chosen.name.as_str().as_bytes(), out);
        out.push(u8::from(chosen.value.is_some()));
        put_bytes(chosen.value.as_deref().unwrap_or_default().as_bytes(), out);
    }
}

fn variant(reader: &mut Reader<'_>) -> Result<Variant, Error> {
    let (place, date) = (Box::from(reader.text()?), reader.number()?);
    let mut selecting = Vec::new();
    for _ in 0..reader.count()? {
        let name = HeaderName::from_bytes(reader.bytes()?).map_err(Error::decoding)?;
        let there = reader.byte()? == 1;
        let value = reader.text()?;
        selecting.push(Selecting { name, value: there.then(|| value.to_string()) });
    }
    Ok(Variant { place, date, selecting })
}

const VARIANTS: u8 = 1;
const RESPONSE: u8 = 2;

/// Changes with the layout of the bytes.
const SCHEMA: u32 = 1;
