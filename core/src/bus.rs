//! How caches that share a storage tell each other what is not valid any more.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::Error;
use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};
use crate::options::Mode;

/// Carries invalidations, never values, between the caches of one storage. Delivery may fail and may
/// repeat; a lost connection is told with [`Notice::Lost`].
pub trait Bus: MaybeSend + MaybeSync + 'static {
    /// Tells the others. The sender may hear its own message.
    ///
    /// # Errors
    /// Of kind `unavailable` when nobody could be told.
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>>;

    /// Hands every notice to `hear`, from wherever it arrives, until the handle is dropped.
    fn subscribe(&self, hear: Hear) -> Hearing;
}

/// What a bus calls for each notice; it takes no time and does not fail.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type Hear = Arc<dyn Fn(Notice) + Send + Sync>;
/// What a bus calls for each notice; it takes no time and does not fail.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type Hear = Arc<dyn Fn(Notice)>;

/// Ends a subscription when it is dropped.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type Hearing = Box<dyn core::any::Any + Send + Sync>;
/// Ends a subscription when it is dropped.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type Hearing = Box<dyn core::any::Any>;

/// One invalidation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Whose entries are meant.
    pub namespace: String,
    /// Who says so: a random number of each cache.
    pub origin: u128,
    /// What is not valid any more.
    pub what: Invalidation,
}

/// What is not valid any more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalidation {
    /// Entries under these texts of keys.
    Keys(Vec<String>),
    /// Entries with one of these tags.
    Tags(Vec<String>, Mode),
    /// Entries whose texts of keys match one of these globs.
    Patterns(Vec<String>, Mode),
    /// All.
    Everything,
}

/// What a subscriber hears.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Somebody's invalidation.
    Message(Message),
    /// From now on messages may be missed.
    Lost,
    /// Messages come again; those between may have been missed.
    Restored,
}

impl Message {
    /// A message of the cache `origin` about the entries of `namespace`.
    pub fn new(namespace: impl Into<String>, origin: u128, what: Invalidation) -> Self {
        Message { namespace: namespace.into(), origin, what }
    }
}
