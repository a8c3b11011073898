//! Leases of servers that are left alone while they fail, as their storage is.

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Claim, Error, Leases, Token};
use cachefn_tokio::{Health, State};

/// Leases that are not asked for while the storage is given up: a call of a server that hangs would cost each caller its
/// time limit. Clones are the same.
#[derive(Clone)]
#[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "without Redis there is none"))]
pub(super) struct Leasing {
    leases: Arc<dyn Leases>,
    health: Health,
}

impl Leasing {
    #[cfg(feature = "redis")]
    pub(super) fn new(leases: impl Leases, health: Health) -> Self {
        Leasing { leases: Arc::new(leases), health }
    }

    fn while_well<'a, T: Send + 'a>(
        &'a self,
        operation: &'static str,
        call: impl FnOnce(&'a dyn Leases) -> BoxFuture<'a, Result<T, Error>>,
    ) -> BoxFuture<'a, Result<T, Error>> {
        if self.health.state() == State::Healthy {
            return call(&*self.leases);
        }
        let error = Error::unavailable(operation, "the storage is given up, and so are its leases");
        Box::pin(async { Err(error) })
    }
}

impl Leases for Leasing {
    fn acquire<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>> {
        self.while_well("acquire", |leases| leases.acquire(name, lease, life))
    }

    fn take<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.while_well("take", |leases| leases.take(name, lease, life))
    }

    fn renew<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        self.while_well("renew", |leases| leases.renew(name, lease, life))
    }

    fn release<'a>(&'a self, name: &'a [u8], lease: Token) -> BoxFuture<'a, Result<bool, Error>> {
        self.while_well("release", |leases| leases.release(name, lease))
    }

    fn revoke<'a>(&'a self, names: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>> {
        self.while_well("revoke", |leases| leases.revoke(names))
    }

    fn place(&self) -> u64 {
        self.leases.place()
    }

    fn released<'a>(&'a self, name: &'a [u8]) -> BoxFuture<'a, Result<(), Error>> {
        self.while_well("released", |leases| leases.released(name))
    }
}
