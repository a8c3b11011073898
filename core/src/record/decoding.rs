//! Reads a record, or says why the bytes are none.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;

use super::fields::{Record, RecordTag};
use super::reader::{Reader, corrupt, too_short};
use super::{compression, layout};
use crate::error::Error;

impl Record {
    /// The record that these bytes are. Its name and a payload that was not compressed are slices of
    /// them: nothing is copied, and the bytes live as long as these do.
    ///
    /// Whatever the bytes are, it does not panic, and it asks for no more memory than they justify: for
    /// at most 255 times their number where they are compressed.
    ///
    /// # Errors
    /// Of kind `corrupt`; the text says whether it is no record, one of another format, or damaged. Of
    /// kind `unavailable` when there is no memory to decompress it.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, Record};
    /// let error = Record::decode(&"something else".into()).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Corrupt);
    /// assert_eq!(error.to_string(), "decode: not a record: it does not begin as one");
    /// ```
    pub fn decode(bytes: &Bytes) -> Result<Record, Error> {
        decode(bytes)
    }
}

fn decode(bytes: &Bytes) -> Result<Record, Error> {
    let (flags, body) = opened(bytes)?;
    let mut reader = Reader::new(body);
    // In the order in which they are written.
    let mut record = Record {
        codec: reader.byte()?,
        schema: schema(&mut reader)?,
        created: reader.varint()?,
        fresh_for: reader.endless()?,
        revalidates_for: reader.varint()?,
        bridges_for: reader.varint()?,
        idle_for: reader.endless()?,
        name: reader.counted()?,
        namespace_token: reader.token()?,
        tags: tags(&mut reader)?,
        payload: Bytes::new(),
    };
    record.payload = if flags & layout::COMPRESSED == 0 {
        reader.rest()
    } else {
        let length = reader.varint()?;
        compression::decompress(&reader.rest(), length)?
    };
    Ok(record)
}

/// Flags, and what lies between them and the checksum, which is right.
pub(super) fn opened(bytes: &Bytes) -> Result<(u8, Bytes), Error> {
    if !bytes.starts_with(&layout::MAGIC[..bytes.len().min(layout::MAGIC.len())]) {
        return Err(corrupt("not a record: it does not begin as one"));
    }
    if bytes.len() < layout::PREFIX + layout::CHECKSUM {
        return Err(too_short());
    }
    // First of all, because another version may have its checksum elsewhere.
    let (version, flags) = (bytes[3], bytes[4]);
    if version != layout::VERSION {
        let known = layout::VERSION;
        return Err(corrupt(format!("the record has format version {version}, not {known}")));
    }
    let end = bytes.len() - layout::CHECKSUM;
    if bytes[end..] != layout::checksum(&bytes[..end]).to_le_bytes() {
        return Err(corrupt("the record is damaged: its checksum is another"));
    }
    if flags & !layout::COMPRESSED != 0 {
        return Err(corrupt(format!("the record has flags that are not known: {flags:#04x}")));
    }
    Ok((flags, bytes.slice(layout::PREFIX..end)))
}

fn schema(reader: &mut Reader) -> Result<u32, Error> {
    u32::try_from(reader.varint()?).map_err(|_| corrupt("its schema has more than 32 bits"))
}

fn tags(reader: &mut Reader) -> Result<Vec<RecordTag>, Error> {
    let count = usize::try_from(reader.varint()?).map_err(|_| too_short())?;
    if count > reader.remaining() / layout::SHORTEST_TAG {
        return Err(too_short());
    }
    let mut tags = Vec::with_capacity(count);
    for _ in 0..count {
        let name = Box::from(reader.text()?);
        tags.push(RecordTag { name, remove: reader.token()?, expire: reader.token()? });
    }
    Ok(tags)
}
