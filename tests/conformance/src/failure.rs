//! What a storage did instead of what was expected.

use std::fmt::{Debug, Write};

use cachefn_core::Error;

/// Why a case does not hold, in words.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

/// How a case ended.
pub(crate) type Verdict = Result<(), Failure>;

/// Fails unless both are equal; `what` says what was looked at.
pub(crate) fn equal<T: PartialEq + Debug>(what: &str, got: T, expected: T) -> Verdict {
    ensure(got == expected, || format!("{what}: expected {expected:?}, got {got:?}"))
}

/// Fails with these words unless it is so.
pub(crate) fn ensure(holds: bool, words: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Failure(words())) }
}

/// Bytes in a line: the first of them, and how many there are.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = format!("\"{}\"", bytes[..bytes.len().min(SHOWN)].escape_ascii());
    if bytes.len() > SHOWN {
        let _ = write!(text, "… ({} bytes)", bytes.len()); // a String takes all
    }
    text
}

/// A record or that there is none, in a line.
pub(crate) fn shown_record(record: Option<&[u8]>) -> String {
    record.map_or("no record".into(), |record| format!("the record {}", shown(record)))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(format!("expected the call to succeed, got the error {:?}", error.to_string()))
    }
}

const SHOWN: usize = 32;
