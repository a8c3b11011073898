//! What can go wrong beneath, and what follows from it.

use std::io::ErrorKind::{
    FileTooLarge, InvalidData, InvalidInput, QuotaExceeded, StorageFull, UnexpectedEof,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

use cachefn_core::Error;

/// Why the engine did not do something.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the file holds makes no sense: a new one has to take its place.
    Damaged(String),
    /// No space is left for the file.
    Full(String),
    /// The system refused for another reason.
    Refused(String),
    /// Somebody else has the file.
    Taken,
    /// The file is the database of another program.
    Foreign,
    /// The storage was closed.
    Closed,
}

impl Failure {
    /// What a caller of `operation` is told.
    pub(crate) fn told(&self, operation: &'static str) -> Error {
        match self {
            Failure::Damaged(why) => Error::corrupt(operation, why.clone()),
            Failure::Full(why) => {
                let advice = "make space for the file, or bound it with max_bytes";
                Error::unavailable(operation, format!("no space is left ({why}); {advice}"))
            }
            Failure::Refused(why) => Error::unavailable(operation, why.clone()),
            Failure::Taken => Error::unavailable(operation, "the file is in use"),
            Failure::Foreign => {
                Error::config(operation, "the file is the database of another program")
            }
            Failure::Closed => {
                Error::unavailable(operation, "the storage is closed; open it again to use it")
            }
        }
    }
}

impl From<redb::Error> for Failure {
    fn from(error: redb::Error) -> Self {
        let text = error.to_string();
        match error {
            redb::Error::Io(io) => match io.kind() {
                StorageFull | QuotaExceeded | FileTooLarge => Failure::Full(io.to_string()),
                UnexpectedEof | InvalidData | InvalidInput => Failure::Damaged(io.to_string()),
                _ => Failure::Refused(io.to_string()),
            },
            redb::Error::PreviousIo | redb::Error::ValueTooLarge(_) => Failure::Refused(text),
            redb::Error::DatabaseClosed => Failure::Closed,
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Failure::Taken,
            _ => Failure::Damaged(text),
        }
    }
}

/// Runs something of the engine. A file that was changed by others may make it panic; that is a damage
/// like any other, and what it left behind is dropped with the file.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Failure::from),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string);
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Err(Failure::Damaged(text.unwrap_or_else(|| "the engine panicked".into())))
        }
    }
}
