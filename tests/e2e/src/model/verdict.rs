//! What came of a check.

use std::fmt;

use super::words::Seen;
use crate::clock::SECOND;

/// What came of a check.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Calls of cached functions that gave a value.
    pub calls: u64,
    /// Those that asked the source.
    pub fetched: u64,
    /// Invalidations that were acknowledged.
    pub acknowledged: u64,
    /// Those that were not, by the kind of the error.
    pub refused: Vec<(String, u64)>,
    /// Calls that gave what Redis should have lost, and did not, because it lost the invalidation.
    pub lost_in_failover: u64,
    /// Calls that gave what another process was loading when the key was deleted.
    pub overtaken: u64,
    /// The longest that a call saw something outdated after the acknowledgement, those counted apart
    /// excepted.
    pub oldest: u64,
    /// What must not be, in words; the first hundred.
    pub faults: Vec<String>,
}

impl Verdict {
    pub(super) fn fault(&mut self, seen: &Seen, what: &str, age: Option<u64>) {
        let Seen { process, key, began, number } = seen;
        self.push(format!(
            "process {process}: key {key} at {}: number {number} {what}, {} after the acknowledgement",
            seconds(*began),
            seconds(age.unwrap_or(0))
        ));
    }

    pub(super) fn push(&mut self, words: String) {
        if self.faults.len() < 100 {
            self.faults.push(words);
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { calls, fetched, acknowledged, lost_in_failover, overtaken, oldest, .. } =
            self;
        writeln!(f, "{calls} calls, {fetched} of them asked the source")?;
        writeln!(f, "{acknowledged} invalidations acknowledged, refused: {:?}", self.refused)?;
        writeln!(f, "{} at most until one was heard everywhere", seconds(*oldest))?;
        writeln!(
            f,
            "{lost_in_failover} calls saw what Redis had lost the invalidation of in a failover"
        )?;
        writeln!(f, "{overtaken} calls saw what was being loaded when its key was deleted")?;
        write!(f, "{} faults", self.faults.len())?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

pub(super) fn seconds(nanoseconds: u64) -> String {
    format!("{}.{:03} s", nanoseconds / SECOND, nanoseconds / 1_000_000 % 1_000)
}
