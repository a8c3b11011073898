//! The tokens within the bytes of a record, read and exchanged without touching its value.

use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;

use super::decoding::opened;
use super::fields::Record;
use super::layout;
use super::reader::{Reader, corrupt, too_short};
use crate::error::Error;
use crate::storage::Token;

impl Record {
    /// The tokens in the bytes of a record: that of the namespace, then of each tag the one by which it is
    /// removed and the one by which it expires. It is the order of [`Keep::tokens`](crate::Keep::tokens).
    ///
    /// # Errors
    /// As [`decode`](Record::decode), but the payload is not looked at.
    ///
    /// ```
    /// # use cachefn_core::{Record, Token};
    /// # let record = Record {
    /// #     codec: 2, schema: 0, created: 0, fresh_for: 0, revalidates_for: 0, bridges_for: 0,
    /// #     idle_for: 0, name: "a:b".into(), namespace_token: Token([1; 16]), tags: vec![],
    /// #     payload: "7".into(),
    /// # };
    /// assert_eq!(Record::tokens_in(&record.encode(None))?, [Token([1; 16])]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn tokens_in(bytes: &Bytes) -> Result<Vec<Token>, Error> {
        let at = |place: usize| Token::read(&bytes[place..place + TOKEN]).ok_or_else(too_short);
        places(bytes)?.into_iter().map(at).collect()
    }

    /// The same record beside other tokens, in the order of [`tokens_in`](Record::tokens_in): everything
    /// else stays as it is, byte by byte, and the checksum is made anew. Whoever does that says that the
    /// value is as old as these tokens.
    ///
    /// # Errors
    /// As [`decode`](Record::decode), so that damage is not made to look sound; of kind `corrupt` when
    /// there are not as many tokens as the record has.
    ///
    /// ```
    /// # use cachefn_core::{Record, Token};
    /// # let record = Record {
    /// #     codec: 2, schema: 0, created: 0, fresh_for: 0, revalidates_for: 0, bridges_for: 0,
    /// #     idle_for: 0, name: "a:b".into(), namespace_token: Token([1; 16]), tags: vec![],
    /// #     payload: "7".into(),
    /// # };
    /// let bytes = Record::with_tokens(&record.encode(None), &[Token([2; 16])])?;
    /// let changed = Record { namespace_token: Token([2; 16]), ..record };
    /// assert_eq!(Record::decode(&bytes)?, changed);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn with_tokens(bytes: &Bytes, tokens: &[Token]) -> Result<Bytes, Error> {
        let places = places(bytes)?;
        if places.len() != tokens.len() {
            let (own, given) = (places.len(), tokens.len());
            return Err(corrupt(format!("the record has {own} tokens, not {given}")));
        }
        let end = bytes.len() - layout::CHECKSUM;
        let mut changed = bytes.to_vec();
        for (place, token) in places.into_iter().zip(tokens) {
            changed[place..place + TOKEN].copy_from_slice(&token.0);
        }
        let checksum = layout::checksum(&changed[..end]);
        changed[end..].copy_from_slice(&checksum.to_le_bytes());
        Ok(Bytes::from(changed))
    }
}

/// Where the tokens begin.
fn places(bytes: &Bytes) -> Result<Vec<usize>, Error> {
    let (_, body) = opened(bytes)?;
    let end = layout::PREFIX + body.len();
    let mut reader = Reader::new(body);
    reader.byte()?;
    for _ in 0..2 {
        reader.varint()?;
    }
    reader.endless()?;
    for _ in 0..2 {
        reader.varint()?;
    }
    reader.endless()?;
    reader.counted()?;
    let mut places = Vec::from([end - reader.remaining()]);
    reader.token()?;
    let tags = usize::try_from(reader.varint()?).map_err(|_| too_short())?;
    for _ in 0..tags {
        reader.counted()?;
        for _ in 0..2 {
            places.push(end - reader.remaining());
            reader.token()?;
        }
    }
    Ok(places)
}

/// Bytes of a token.
const TOKEN: usize = 16;
