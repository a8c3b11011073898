//! What an outbox tells of itself.

use std::fmt;
use std::sync::Arc;

use cachefn_core::Error;

/// What happened to an outbox. Names are shown, records never.
///
/// ```
/// use cachefn_tokio::OutboxEvent;
/// let shown = |event: &OutboxEvent| event.to_string();
/// assert_eq!(shown(&OutboxEvent::Caught), "the storage has accepted all that waited");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboxEvent {
    /// The storage failed: from now on what is written waits.
    Waiting(Error),
    /// The storage has accepted all that waited.
    Caught,
    /// A set had no room while the storage was down: its name will be deleted instead, so that no older
    /// record comes back.
    Dropped {
        /// The name of the record.
        name: String,
    },
    /// The storage refused one record or removal while it took others, or that failed alone again and again. Such
    /// a record's name is deleted instead; a removal waits on, is told of once, and is tried again with growing
    /// pauses. Until the storage takes it, other caches are told nothing more of its outermost namespace.
    Refused {
        /// The name of the record.
        name: String,
        /// What the storage said.
        error: Error,
    },
    /// Removals had no room: all entries of a namespace go with one new token.
    Merged {
        /// The namespace, as it is escaped in names.
        namespace: String,
    },
    /// The log cannot be written: what waits is kept in memory alone.
    LogFailed(Error),
    /// A set that waited in the log alone cannot be read any more, and is lost; a delete of its name takes its
    /// place, if the name can be read.
    LogDamaged(Error),
    /// The log is written again.
    LogWorks,
}

impl fmt::Display for OutboxEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutboxEvent::Waiting(error) => write!(f, "what is written waits: {error}"),
            OutboxEvent::Caught => f.write_str("the storage has accepted all that waited"),
            OutboxEvent::Dropped { name } => write!(f, "set {name}: no room is left in the outbox"),
            OutboxEvent::Refused { name, error } => write!(f, "{name} was refused: {error}"),
            OutboxEvent::Merged { namespace } => {
                write!(f, "{namespace}: too many removals wait, everything goes")
            }
            OutboxEvent::LogFailed(error) => write!(f, "what waits is in memory alone: {error}"),
            OutboxEvent::LogDamaged(error) => write!(f, "a set that waited is lost: {error}"),
            OutboxEvent::LogWorks => f.write_str("the log is written again"),
        }
    }
}

/// Who hears of events.
pub(crate) type Listener = Arc<dyn Fn(&OutboxEvent) + Send + Sync>;

/// What waits in an outbox at one moment, and what happened so far.
///
/// ```
/// use cachefn_tokio::Pending;
/// assert_eq!(Pending::default().entries, 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// Names whose last change waits.
    pub entries: usize,
    /// Sets among them.
    pub sets: usize,
    /// Sets among those whose records are in the log alone, because memory has no room for them.
    pub on_disk: usize,
    /// Bytes of memory that all this takes, about.
    pub bytes: usize,
    /// Messages to other caches that follow what waits.
    pub messages: usize,
    /// Whether the storage failed, and nothing has been accepted since.
    pub is_down: bool,
    /// What it said last.
    pub last_error: Option<Error>,
    /// Changes that waited and were accepted.
    pub accepted: u64,
    /// Sets that had no room.
    pub dropped: u64,
    /// Sets whose life was over before the storage could take them.
    pub expired: u64,
    /// Records and removals that the storage refused.
    pub refused: u64,
    /// Namespaces that one token took the place of.
    pub merged: u64,
}

/// A name as people read it.
pub(crate) fn shown(name: &[u8]) -> String {
    name.escape_ascii().to_string()
}
