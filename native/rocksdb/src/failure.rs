//! What can go wrong beneath, and what follows from it.

use cachefn_core::Error;
use rocksdb::ErrorKind;

/// Why the engine did not do something.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the folder holds makes no sense: an empty database has to take its place.
    Damaged(String),
    /// No space is left for it.
    Full(String),
    /// The system refused for another reason, or the engine is busy.
    Refused(String),
    /// The storage was closed.
    Closed,
}

impl Failure {
    /// What a caller of `operation` is told.
    pub(crate) fn told(&self, operation: &'static str) -> Error {
        match self {
            Failure::Damaged(why) => Error::corrupt(operation, why.clone()),
            Failure::Full(why) => {
                let advice = "make space for the folder, or bound it with max_bytes";
                Error::unavailable(operation, format!("no space is left ({why}); {advice}"))
            }
            Failure::Refused(why) => Error::unavailable(operation, why.clone()),
            Failure::Closed => {
                Error::unavailable(operation, "the storage is closed; open it again to use it")
            }
        }
    }

    /// Whether the engine may work again once it is opened anew.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Failure::Full(_) | Failure::Refused(_))
    }
}

impl From<rocksdb::Error> for Failure {
    fn from(error: rocksdb::Error) -> Self {
        let kind = error.kind();
        let text = String::from(error);
        // The engine tells what the system said in words only.
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match kind {
            ErrorKind::IOError if says(&["No space left", "Disk quota", "File too large"]) => {
                Failure::Full(text)
            }
            ErrorKind::IOError if says(&["No such file"]) => Failure::Damaged(text),
            // A file that ends too early is read as an error of the system.
            ErrorKind::IOError if says(&["file is too short", "truncated"]) => {
                Failure::Damaged(text)
            }
            ErrorKind::Corruption | ErrorKind::NotSupported | ErrorKind::InvalidArgument => {
                Failure::Damaged(text)
            }
            _ => Failure::Refused(text),
        }
    }
}
