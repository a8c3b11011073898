//! Leases in Redis: of all processes one makes a value, and the others are told when it is there.

mod ears;
mod scripts;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Claim, Error, Leases, Token};
use redis::{Value, cmd};

use crate::connection::{Link, Request};
use crate::names::Names;
use ears::Ears;
use scripts::{ACQUIRE, AWAIT, RELEASE, RENEW, REVOKE};

/// Leases for the caches of all processes that use the same servers and
/// [`prefix`](crate::Builder::prefix). Clones share the one connection that those who wait are told by: it
/// is made when somebody has to wait for the first time.
///
/// A lease is a key that lies where the record of its name does, and ends by itself. Where a server fails
/// over, a lease that its replica did not have yet is lost: then two processes may run their fetchers, and
/// the value of the first one is not stored.
#[derive(Clone)]
pub struct RedisLeases {
    link: Link,
    names: Names,
    /// Where it is published that a name is free.
    channel: Arc<str>,
    ears: Arc<Ears>,
}

impl RedisLeases {
    pub(crate) fn new(link: Link, names: Names) -> Self {
        let channel: Arc<str> = format!("{}:leases", link.settings().prefix).into();
        let ears = Arc::new(Ears::new(link.clone(), channel.clone()));
        RedisLeases { link, names, channel, ears }
    }

    /// The keys of a lease and of its mark.
    fn keys(&self, name: &[u8]) -> [Vec<u8>; 2] {
        [self.names.lease(name), self.names.waiting(name)]
    }

    async fn holds(&self, operation: &'static str, request: Request) -> Result<bool, Error> {
        Ok(matches!(self.link.run(operation, request).await?, Value::Int(1..)))
    }
}

impl Leases for RedisLeases {
    fn acquire<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>> {
        Box::pin(async move {
            let [key, _] = self.keys(name);
            let request = self.link.script(&ACQUIRE, &[&key], &[&lease.0, &milliseconds(life)]);
            match self.link.run("acquire", request).await? {
                Value::Int(left @ 0..) => Ok(Claim::Busy(Duration::from_millis(left as u64))),
                Value::Int(_) => Ok(Claim::Held),
                _ => Err(Error::unavailable("acquire", "redis gave an answer of another kind")),
            }
        })
    }

    fn take<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let [key, _] = self.keys(name);
            let mut command = cmd("SET");
            command.arg(&key).arg(&lease.0).arg("PX").arg(milliseconds(life));
            self.link.run("take", self.link.request(&key, command)).await.map(drop)
        })
    }

    fn renew<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let [key, _] = self.keys(name);
            let request = self.link.script(&RENEW, &[&key], &[&lease.0, &milliseconds(life)]);
            self.holds("renew", request).await
        })
    }

    fn release<'a>(&'a self, name: &'a [u8], lease: Token) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            let [key, mark] = self.keys(name);
            let arguments = [&lease.0[..], self.channel.as_bytes(), name];
            self.holds("release", self.link.script(&RELEASE, &[&key, &mark], &arguments)).await
        })
    }

    fn revoke<'a>(&'a self, names: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let revoke = |name: &&[u8]| {
                let [key, mark] = self.keys(name);
                self.link.script(&REVOKE, &[&key, &mark], &[self.channel.as_bytes(), name])
            };
            let ends = self.link.run_many("revoke", names.iter().map(revoke).collect()).await;
            ends.into_iter().try_for_each(|end| end.map(drop))
        })
    }

    fn place(&self) -> u64 {
        self.link.place()
    }

    fn released<'a>(&'a self, name: &'a [u8]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            // It is heard, and this one on the list, before it is asked who has it: nothing is missed.
            self.ears.listen().await?;
            let wait = self.ears.wait(name);
            let [key, mark] = self.keys(name);
            if self.holds("released", self.link.script(&AWAIT, &[&key, &mark], &[])).await? {
                wait.await;
            }
            Ok(())
        })
    }
}

impl fmt::Debug for RedisLeases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLeases").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// As Redis reads it; at least one.
fn milliseconds(life: Duration) -> Vec<u8> {
    life.as_millis().clamp(1, u128::from(u32::MAX) << 8).to_string().into_bytes()
}
