//! How processes agree which of them makes a value.

use alloc::sync::Arc;
use core::time::Duration;

use crate::error::Error;
use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};
use crate::storage::Token;

/// Lends names, each to one at a time and for a while, so that of all processes that share a storage one
/// makes a value and the others wait for it.
///
/// A lease has a token of its own, drawn by whoever asks for it: random, never ordered, never used
/// again. By it a late write is known: who does not hold the lease any more, because its time is over,
/// another has taken it, or it was revoked, stores nothing.
///
/// Names are those under which the [`Storage`](crate::Storage) keeps the records. Each call ends in a time
/// that the implementation bounds, but for [`released`](Leases::released), which may be dropped at any time.
///
/// ```
/// use cachefn_conformance::LocalLeases;
/// use cachefn_core::{Claim, Leases, ManualClock, Token};
/// use std::time::Duration;
///
/// # pollster::block_on(async {
/// let leases = LocalLeases::new(ManualClock::new());
/// let (one, other, second) = (Token([1; 16]), Token([2; 16]), Duration::from_secs(1));
/// assert_eq!(leases.acquire(b"users:7", one, second).await?, Claim::Held);
/// assert_eq!(leases.acquire(b"users:7", other, second).await?, Claim::Busy(second));
/// assert!(leases.release(b"users:7", one).await?);
/// assert_eq!(leases.acquire(b"users:7", other, second).await?, Claim::Held);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
pub trait Leases: MaybeSend + MaybeSync + 'static {
    /// Lends the name for so long, if nobody else has it. Who has it already by the same token keeps it.
    ///
    /// # Errors
    /// Of kind `unavailable` or `timeout` when that is not known; it may be lent all the same.
    fn acquire<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>>;

    /// Lends the name for so long, whoever has it; that one holds it no more. Who waits for it need not be
    /// told.
    ///
    /// # Errors
    /// As [`acquire`](Leases::acquire).
    fn take<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), Error>>;

    /// Lends the name for so long from now on, if it is still lent by this token; whether it is.
    ///
    /// # Errors
    /// As [`acquire`](Leases::acquire).
    fn renew<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>>;

    /// Gives the name back, if it is still lent by this token, and tells those who wait; whether it was.
    ///
    /// # Errors
    /// When that is not known; the name is free when its time is over.
    fn release<'a>(&'a self, name: &'a [u8], lease: Token) -> BoxFuture<'a, Result<bool, Error>>;

    /// Takes the names from whoever has them, and tells those who wait: what is made under those leases is
    /// too old. No name comes twice.
    ///
    /// # Errors
    /// When somebody may have one still.
    fn revoke<'a>(&'a self, names: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>>;

    /// A number for the place where the leases lie, other than 0, if a storage may lie there, too: one that
    /// has the same number checks the lease in one step with a write; see [`Keep::lease`](crate::Keep::lease).
    /// Without that, the cache asks before and after the write, and takes it back.
    fn place(&self) -> u64 {
        0
    }

    /// Ready when the name was given back or revoked since the first poll, or nobody had it then. May be
    /// ready too early; need not be when a lease ends by its time, which those who wait know.
    ///
    /// # Errors
    /// When it cannot be heard of.
    fn released<'a>(&'a self, name: &'a [u8]) -> BoxFuture<'a, Result<(), Error>>;
}

/// What became of the wish for a lease.
///
/// ```
/// use cachefn_core::Claim;
/// assert_ne!(Claim::Held, Claim::Busy(std::time::Duration::ZERO));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is lent to whoever asked.
    Held,
    /// Another has it, for so long at most unless it is renewed.
    Busy(Duration),
}

impl<L: Leases + ?Sized> Leases for Arc<L> {
    fn acquire<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>> {
        (**self).acquire(name, lease, life)
    }
    fn take<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        (**self).take(name, lease, life)
    }
    fn renew<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        (**self).renew(name, lease, life)
    }
    fn release<'a>(&'a self, name: &'a [u8], lease: Token) -> BoxFuture<'a, Result<bool, Error>> {
        (**self).release(name, lease)
    }
    fn revoke<'a>(&'a self, names: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>> {
        (**self).revoke(names)
    }
    fn place(&self) -> u64 {
        (**self).place()
    }
    fn released<'a>(&'a self, name: &'a [u8]) -> BoxFuture<'a, Result<(), Error>> {
        (**self).released(name)
    }
}
