//! The handle by which others see how a storage is.

use std::fmt;
use std::sync::Arc;

use super::breaker::Breaker;
use crate::state::{State, Status};

/// How the storage within a [`Guarded`](super::Guarded) is: to be shown, and to be waited for. Clones look at the same
/// storage; waiting needs no executor of any kind.
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_tokio::{Guarded, State, TokioRuntime};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// let guarded = Guarded::new(MapStorage::new(), TokioRuntime::current()?);
/// let health = guarded.health();
/// assert_eq!(health.state(), State::Healthy);
///
/// let mut status = health.status();
/// drop(guarded); // a program that goes on with it is told of each change here
/// while let Some(next) = health.changed(status.changes).await {
///     status = next;
/// }
/// assert_eq!(status.failures, 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Health(pub(super) Arc<Breaker>);

impl Health {
    /// How it is now.
    pub fn state(&self) -> State {
        self.0.state()
    }

    /// How it is now, for how long, and what happened so far.
    pub fn status(&self) -> Status {
        self.0.status()
    }

    /// Waits until the state is another than after so many [`changes`](Status::changes), and tells it;
    /// at once if that has happened already. A state that was passed through meanwhile is not told, but
    /// counted. `None` when the storage is gone: nobody can ask it any more.
    ///
    /// While it is degraded, calls find out whether the storage answers; without any call nothing changes.
    pub async fn changed(&self, changes: u64) -> Option<Status> {
        self.0.changed_since(changes).await
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Health").field(&self.status()).finish()
    }
}
