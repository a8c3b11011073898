//! What those who wait for a fetcher have of its failure: a turn of their own, or a clone of its error.

use alloc::sync::Arc;
use core::any::Any;
use core::fmt;

use crate::maybe_send::{MaybeSend, MaybeSync};

/// An error of which all who wait for one fetcher get a clone. Implemented for all that it can be: what is
/// `Clone`, and owned, and where there are threads `Send` and `Sync`.
///
/// ```
/// fn is_shared<E: cachefn_core::SharedError>(_: E) {}
/// is_shared("the database is down");
/// is_shared(std::sync::Arc::new(std::io::Error::other("the database is down")));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be handed to all who wait for one fetcher, which takes a clone for each",
    label = "this error is not `Clone`, or is not to be shared between threads",
    note = "wrap it, as in `.map_err(Arc::new)`, or call `get_or_fetch` instead of `try_get_or_fetch`: then those \
            who wait run their own fetchers, one after the other"
)]
pub trait SharedError: Clone + MaybeSend + MaybeSync + 'static {}
impl<E: Clone + MaybeSend + MaybeSync + 'static> SharedError for E {}

/// An error that a leader leaves for those who wait.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) type Failure = Arc<dyn Any + Send + Sync>;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) type Failure = Arc<dyn Any>;

/// What a call does about failures: what it leaves of its own for others, and what it takes of theirs.
pub struct OnFailure<R> {
    shared: Option<Shared<R>>,
}

/// How an error is left and taken. Both ways are known only where its type is.
struct Shared<R> {
    leave: fn(&R) -> Option<Failure>,
    take: fn(&Failure) -> Option<R>,
}

impl<R> OnFailure<R> {
    /// Each caller that waits runs its own fetcher, one after the other.
    pub const IN_TURN: Self = OnFailure { shared: None };

    pub(crate) fn is_shared(self) -> bool {
        self.shared.is_some()
    }

    /// The error of a result, for those who wait.
    pub(crate) fn leave(self, result: &R) -> Option<Failure> {
        self.shared.and_then(|shared| (shared.leave)(result))
    }

    /// The result of one who waited, if its errors are of that type.
    pub(crate) fn take(self, failure: &Failure) -> Option<R> {
        self.shared.and_then(|shared| (shared.take)(failure))
    }
}

impl<T, E: Clone + MaybeSend + MaybeSync + 'static> OnFailure<Result<T, E>> {
    /// All who wait have a clone of the error.
    pub const SHARED: Self = OnFailure {
        shared: Some(Shared {
            leave: |result| {
                let error = result.as_ref().err()?;
                Some(Arc::new(error.clone()))
            },
            take: |failure| failure.downcast_ref::<E>().cloned().map(Err),
        }),
    };
}

// By hand, because a result need not be `Copy`.
impl<R> Copy for OnFailure<R> {}
impl<R> Clone for OnFailure<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Shared<R> {}
impl<R> Clone for Shared<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> fmt::Debug for OnFailure<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.shared.is_some() { "SHARED" } else { "IN_TURN" })
    }
}
