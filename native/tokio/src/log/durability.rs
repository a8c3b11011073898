//! When a log waits for the disk.

/// When a log waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Before a write is acknowledged: nothing acknowledged is lost when the power goes.
    EachWrite,
    /// Before each batch, and when the outbox is flushed: what was written since may be lost with the power,
    /// but not when the process is killed.
    EachBatch,
    /// Never: the system writes when it likes. What is lost with the power may be anything that waits; nothing is lost
    /// when the process is killed.
    Never,
}
