//! Takes numbers, texts and slices off bytes that may be anything, and never more than there are.

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use crate::storage::Token;

/// Bytes, and how far they were read.
pub(super) struct Reader {
    bytes: Bytes,
    at: usize,
}

impl Reader {
    pub(super) fn new(bytes: Bytes) -> Self {
        Reader { bytes, at: 0 }
    }

    /// Begins further on.
    pub(super) fn at(bytes: &Bytes, at: usize) -> Self {
        Reader { bytes: bytes.clone(), at }
    }

    /// How far it is.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// All that is left.
    pub(super) fn rest(self) -> Bytes {
        self.bytes.slice(self.at..)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        let byte = *self.bytes.get(self.at).ok_or_else(too_short)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number in as few bytes as it needs: other spellings are refused, so that a record has one.
    pub(super) fn varint(&mut self) -> Result<u64, Error> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                return Err(corrupt("a number in it has more than 64 bits"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                let is_shortest = byte != 0 || shift == 0;
                return is_shortest
                    .then_some(number)
                    .ok_or_else(|| corrupt("a number in it is longer than it needs to be"));
            }
        }
        Err(corrupt("a number in it has more than 64 bits"))
    }

    /// A time, where 0 stands before none: `u64::MAX`.
    pub(super) fn endless(&mut self) -> Result<u64, Error> {
        match self.byte()? {
            0 => Ok(u64::MAX),
            1 => match self.varint()? {
                u64::MAX => Err(corrupt("a number in it is longer than it needs to be")),
                time => Ok(time),
            },
            _ => Err(corrupt("an optional time in it is neither there nor absent")),
        }
    }

    /// As many bytes as the number before them says.
    pub(super) fn counted(&mut self) -> Result<Bytes, Error> {
        let length = self.pass_counted()?.len();
        Ok(self.bytes.slice(self.at - length..self.at))
    }

    /// The same, only looked at.
    pub(super) fn pass_counted(&mut self) -> Result<&[u8], Error> {
        let length = usize::try_from(self.varint()?).map_err(|_| too_short())?;
        self.pass(length)
    }

    /// The same as a text.
    pub(super) fn text(&mut self) -> Result<&str, Error> {
        core::str::from_utf8(self.pass_counted()?).map_err(|_| corrupt("a tag's name is no text"))
    }

    pub(super) fn token(&mut self) -> Result<Token, Error> {
        Token::read(self.pass(16)?).ok_or_else(too_short)
    }

    #[inline]
    fn pass(&mut self, length: usize) -> Result<&[u8], Error> {
        if length > self.remaining() {
            return Err(too_short());
        }
        self.at += length;
        Ok(&self.bytes[self.at - length..self.at])
    }
}

pub(super) fn corrupt(detail: impl Into<alloc::string::String>) -> Error {
    Error::new(ErrorKind::Corrupt, "decode", detail)
}

pub(super) fn too_short() -> Error {
    corrupt("the record ends before it is complete")
}
