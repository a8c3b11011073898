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

    /// Whether these are the tokens in the bytes of a record, in the order of [`tokens_in`](Record::tokens_in).
    /// Nothing else is looked at, not even the checksum: for whoever made the record, or had it of who did.
    ///
    /// ```
    /// # use cachefn_core::{Record, Token};
    /// # let record = Record {
    /// #     codec: 2, schema: 0, created: 0, fresh_for: 0, revalidates_for: 0, bridges_for: 0,
    /// #     idle_for: 0, name: "a:b".into(), namespace_token: Token([1; 16]), tags: vec![],
    /// #     payload: "7".into(),
    /// # };
    /// let bytes = record.encode(None);
    /// assert!(Record::has_tokens(&bytes, &[Token([1; 16])]));
    /// assert!(!Record::has_tokens(&bytes, &[Token([2; 16])]) && !Record::has_tokens(&bytes, &[]));
    /// ```
    pub fn has_tokens(bytes: &Bytes, tokens: &[Token]) -> bool {
        let is_record = bytes.len() > layout::PREFIX
            && bytes[..3] == layout::MAGIC
            && bytes[3] == layout::VERSION;
        let mut tokens = tokens.iter();
        is_record
            && each(bytes, |_, own| tokens.next() == Some(&own)) == Ok(true)
            && tokens.next().is_none()
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
    let mut places = Vec::new();
    each(&bytes.slice(..layout::PREFIX + body.len()), |place, _| {
        places.push(place);
        true
    })?;
    Ok(places)
}

/// Shows the tokens in their order, each with its place, until `look` has seen enough; whether it saw all.
fn each(bytes: &Bytes, mut look: impl FnMut(usize, Token) -> bool) -> Result<bool, Error> {
    let mut reader = Reader::at(bytes, layout::PREFIX);
    reader.byte()?;
    for _ in 0..2 {
        reader.varint()?;
    }
    reader.endless()?;
    for _ in 0..2 {
        reader.varint()?;
    }
    reader.endless()?;
    reader.pass_counted()?;
    if !look(reader.place(), reader.token()?) {
        return Ok(false);
    }
    for _ in 0..reader.varint()? {
        reader.pass_counted()?;
        for _ in 0..2 {
            if !look(reader.place(), reader.token()?) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Bytes of a token.
const TOKEN: usize = 16;

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::record::RecordTag;

    #[test]
    fn s_28_a_record_has_the_tokens_that_are_read_from_it_and_no_others() {
        let token = |byte| Token([byte; TOKEN]);
        for count in 0..4_u8 {
            let tag = |at: u8| RecordTag {
                name: "tag".repeat(usize::from(at)).into(),
                remove: token(2 * at + 1),
                expire: token(2 * at + 2),
            };
            let record = Record {
                codec: 2,
                schema: 70_000,
                created: u64::MAX / 2,
                fresh_for: u64::MAX,
                revalidates_for: 300,
                bridges_for: 0,
                idle_for: 7,
                name: "name".into(),
                namespace_token: token(0),
                tags: (0..count).map(tag).collect(),
                payload: vec![9; 300].into(),
            };
            let bytes = record.encode(None);
            let own = Record::tokens_in(&bytes).unwrap();
            assert!(Record::has_tokens(&bytes, &own));
            for at in 0..own.len() {
                let mut others = own.clone();
                others[at] = token(99);
                assert!(!Record::has_tokens(&bytes, &others), "{at} of {count} tags");
                assert!(!Record::has_tokens(&bytes, &own[..at]), "{at} of {count} tags");
            }
            assert!(!Record::has_tokens(&bytes, &[&own[..], &[token(99)]].concat()));
            // Whatever the bytes are, it only says no.
            let before_payload = bytes.len() - 300 - layout::CHECKSUM;
            for length in 0..before_payload {
                assert!(!Record::has_tokens(&bytes.slice(..length), &own), "{length} bytes");
            }
        }
    }
}
