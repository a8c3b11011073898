//! How an outbox works, as its builder found it to be sound.

use std::time::Duration;

/// When a set goes to the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// At once; it waits only if the storage fails.
    Through,
    /// With others in a batch.
    Behind,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) batch: usize,
    pub(crate) interval: Duration,
    pub(crate) max_entries: usize,
    pub(crate) max_bytes: usize,
    /// The pause after the first failure; it doubles up to the last.
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            mode: Mode::Through,
            batch: 1_024,
            interval: Duration::from_millis(10),
            max_entries: 100_000,
            max_bytes: 64 << 20,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(5),
        }
    }
}
