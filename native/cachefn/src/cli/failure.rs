//! Why a command ends without having done what it should, and the code it then exits with.

use std::fmt;
use std::io;

use cachefn_core::{Error, ErrorKind};

#[derive(Debug)]
pub(crate) enum Failure {
    /// There was nothing to do it with; said already, or to be said so.
    Nothing(Option<String>),
    /// The command line is wrong in a way that its grammar does not see.
    Usage(String),
    /// The storage did not do it.
    Storage(String),
    /// What was given cannot be used.
    Data(String),
    /// The user ended it; how far it came.
    Interrupted(Option<String>),
    /// Nobody reads the output any more.
    Unread,
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Nothing(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Storage(_) => 3,
            Failure::Data(_) => 4,
            Failure::Interrupted(_) => 130,
            // As if the signal had ended it.
            Failure::Unread => 141,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error.kind() {
            ErrorKind::Config | ErrorKind::Glob => Failure::Usage(text),
            ErrorKind::Codec | ErrorKind::Corrupt | ErrorKind::Key | ErrorKind::TooHeavy => {
                Failure::Data(text)
            }
            _ => Failure::Storage(text),
        }
    }
}

/// Of the standard output: files have a name to tell.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Unread,
            _ => Failure::Data(format!("write: {error}")),
        }
    }
}

/// What is told on the standard error; nothing where nothing needs to be said.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Nothing(text) | Failure::Interrupted(text) => {
                f.write_str(text.as_deref().unwrap_or_default())
            }
            Failure::Usage(text) | Failure::Storage(text) | Failure::Data(text) => {
                f.write_str(text)
            }
            Failure::Unread => Ok(()),
        }
    }
}
