//! What lies in Redis: records with the names of their tokens before them, and tokens.

use std::io::{self, Write};

use bytes::Bytes;
use cachefn_core::Token;

/// The bytes of a record and, where a script can read them together, of its tokens' names.
pub(crate) fn record(tokens: Option<&[&[u8]]>, record: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(length(tokens, record));
    // To write into a vector cannot fail.
    let _ = write(tokens, record, &mut frame);
    frame
}

/// How many bytes [`record`] makes.
pub(crate) fn length(tokens: Option<&[&[u8]]>, record: &[u8]) -> usize {
    let names = tokens.unwrap_or_default().iter();
    3 + names.map(|name| name.len() + 4).sum::<usize>() + record.len()
}

/// Writes what [`record`] makes.
///
/// # Errors
/// As the writer.
pub(crate) fn write(
    tokens: Option<&[&[u8]]>,
    record: &[u8],
    to: &mut impl Write,
) -> io::Result<()> {
    let names = tokens.unwrap_or_default();
    to.write_all(&[if tokens.is_some() { WITH_TOKENS } else { ALONE }])?;
    to.write_all(&(names.len() as u16).to_be_bytes())?;
    for name in names {
        to.write_all(&(name.len() as u32).to_be_bytes())?;
        to.write_all(name)?;
    }
    to.write_all(record)
}

/// Whether a frame can say so many names.
pub(crate) fn takes(tokens: &[&[u8]]) -> bool {
    tokens.len() <= usize::from(u16::MAX)
        && tokens.iter().all(|name| u32::try_from(name.len()).is_ok())
}

/// The record in a frame, and whether its tokens were read with it. None if it is no frame.
pub(crate) fn read(frame: Bytes) -> Option<(Bytes, bool)> {
    let with_tokens = match *frame.first()? {
        WITH_TOKENS => true,
        ALONE => false,
        _ => return None,
    };
    let count = u16::from_be_bytes(frame.get(1..3)?.try_into().ok()?);
    let mut at = 3usize;
    for _ in 0..count {
        let length = u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?);
        at = at.checked_add(4)?.checked_add(usize::try_from(length).ok()?)?;
    }
    (at <= frame.len()).then(|| (frame.slice(at..), with_tokens))
}

/// What stands before the record in a frame that names tokens.
pub(crate) fn head(frame: &[u8]) -> Option<&[u8]> {
    let rest = frame.strip_prefix(&[WITH_TOKENS])?;
    let length = Names::of(rest)?.try_fold(3, |sum, name| Some(sum + 4 + name?.len()))?;
    frame.get(..length)
}

/// The names of tokens in such a head.
pub(crate) fn names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.get(1..).and_then(Names::of).into_iter().flatten().map_while(|name| name)
}

/// The names behind their number; `None` where one should be and is none.
struct Names<'f> {
    rest: &'f [u8],
    count: u16,
}

impl<'f> Names<'f> {
    fn of(rest: &'f [u8]) -> Option<Self> {
        let (count, rest) = rest.split_first_chunk()?;
        Some(Names { rest, count: u16::from_be_bytes(*count) })
    }

    fn name(&mut self) -> Option<&'f [u8]> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (name, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(name)
    }
}

impl<'f> Iterator for Names<'f> {
    type Item = Option<&'f [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        self.count = self.count.checked_sub(1)?;
        Some(self.name())
    }
}

/// Whether a frame names this token and no other.
pub(crate) fn names_only(frame: &[u8], token: &[u8]) -> bool {
    let Some((&[WITH_TOKENS, 0, 1], rest)) = frame.split_first_chunk() else { return false };
    let Some((length, rest)) = rest.split_first_chunk() else { return false };
    u32::from_be_bytes(*length) as usize == token.len() && rest.starts_with(token)
}

/// The bytes of a token. No record looks like one.
pub(crate) fn token(token: Token) -> [u8; 17] {
    let mut bytes = [TOKEN; 17];
    bytes[1..].copy_from_slice(&token.0);
    bytes
}

/// The beginning of a claim, which is no token yet.
pub(crate) fn claim() -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[0] = CLAIM;
    bytes
}

/// Whether these bytes are a claim.
pub(crate) fn is_claim(bytes: &[u8]) -> bool {
    bytes.len() == claim().len() && bytes[0] == CLAIM
}

/// The token that these bytes are, if they are one.
pub(crate) fn read_token(bytes: &[u8]) -> Option<Token> {
    let (&TOKEN, rest) = bytes.split_first()? else { return None };
    Token::read(rest)
}

/// The scripts know these numbers, too.
const WITH_TOKENS: u8 = 1;
const TOKEN: u8 = 2;
const CLAIM: u8 = 3;
const ALONE: u8 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_38_what_was_put_into_a_frame_comes_out() {
        let names: [&[u8]; 3] = [b"%n:users", b"", &[0, 255]];
        for tokens in [None, Some(&[][..]), Some(&names[..])] {
            for bytes in [&b""[..], b"record"] {
                let frame = Bytes::from(record(tokens, bytes));
                let read = read(frame).expect("it is a frame");
                assert_eq!((&read.0[..], read.1), (bytes, tokens.is_some()));
            }
        }
    }

    #[test]
    fn the_head_of_a_frame_is_what_its_names_are_read_from() {
        let tokens: [&[u8]; 3] = [b"%n:users", b"", &[0, 255]];
        let whole = record(Some(&tokens), b"record");
        let own = head(&whole).expect("it names tokens");
        assert_eq!([own, b"record"].concat(), whole);
        assert!(names(own).eq(tokens));
        assert_eq!(head(&record(None, b"record")), None);
        // Whatever is missing at its end, it is no head then.
        for length in 0..own.len() {
            assert_eq!(head(&own[..length]), None, "{length}");
        }
    }

    #[test]
    fn a_frame_with_one_token_is_told_from_others() {
        let frame = |tokens: &[&[u8]]| record(Some(tokens), b"record");
        assert!(names_only(&frame(&[b"%n:a"]), b"%n:a"));
        for other in
            [frame(&[b"%n:ab"]), frame(&[b"%n:a", b"%t:a:b"]), frame(&[]), record(None, b"")]
        {
            assert!(!names_only(&other, b"%n:a"));
        }
        assert!(!names_only(b"", b"") && !names_only(&[1, 0, 1, 0, 0], b""));
    }

    #[test]
    fn s_39_bytes_of_others_are_no_frame_and_no_token() {
        let whole = record(Some(&[b"%n:users"]), b"");
        for length in 0..whole.len() {
            assert_eq!(read(Bytes::copy_from_slice(&whole[..length])), None, "{length}");
        }
        for other in
            [&b"text"[..], b"\x01\xff\xff\xff\xff\xff\xff", b"\x09\0\0", &token(Token([7; 16]))]
        {
            assert_eq!(read(Bytes::copy_from_slice(other)), None);
        }
        assert_eq!(read_token(&token(Token([7; 16]))), Some(Token([7; 16])));
        for other in [&b""[..], &[7; 16], &[7; 17], &record(None, &[7; 14])] {
            assert_eq!(read_token(other), None);
        }
    }
}
