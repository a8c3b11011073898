//! What a check has to say.

use std::fmt::{self, Display};

/// Something to repair, and where.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// File, and line if there is one, from the root.
    place: String,
    what: String,
}

impl Fault {
    pub(super) fn in_file(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    pub(super) fn at(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self::in_file(format!("{file}:{line}"), what)
    }
}

impl Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.what)
    }
}

/// The page that holds the tables.
pub(super) const PAGE: &str = "ARCHITECTURE.md";
