//! What is known about the health of a storage, in words.

use std::fmt;
use std::time::Duration;

use cachefn_core::Error;

/// How a storage is.
///
/// ```
/// use cachefn_tokio::State;
/// assert_eq!(State::Degraded.to_string(), "degraded");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It is asked. One call or another may fail meanwhile, which [`Status::failing`] tells at once: the state
    /// says whether the storage is asked, and changes only after as many failures as
    /// [`open_after`](crate::GuardedBuilder::open_after) says, so that a packet that was lost is no outage.
    Healthy,
    /// It failed too often, and is not asked: memory and fetchers serve.
    Degraded,
    /// It is not asked, but for one call that finds out whether it answers again.
    Recovering,
}

impl State {
    /// The state as text.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Healthy => "healthy",
            State::Degraded => "degraded",
            State::Recovering => "recovering",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known about a storage at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// How it is.
    pub state: State,
    /// For how long it has been so.
    pub since: Duration,
    /// How often the state has changed.
    pub changes: u64,
    /// Failures since the last success: 0 while all is well, and from the first failure on as many as there
    /// were, whatever the state.
    pub failing: u64,
    /// Calls that failed because the storage could not be asked or did not answer, timeouts included.
    pub failures: u64,
    /// Calls that took longer than they may.
    pub timeouts: u64,
    /// Calls that were answered without asking the storage.
    pub refused: u64,
    /// How often the storage was given up, after failures that were too many.
    pub opened: u64,
    /// The last failure; it names an operation, perhaps a key, and never a value.
    pub last_error: Option<Error>,
}
