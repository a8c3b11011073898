//! Leases between the caches of one process, by a clock that a test moves, and with faults on purpose.

mod faults;
mod state;

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Claim, Clock, Error, Leases, Token};

use crate::interleave::pend;
use state::{Fate, State, failure};

pub use faults::LeaseFaults;

/// Lends names to all caches of this process; clones are the same. A lease is over when its time has passed
/// by the clock, which tells nobody: the cache's runtime does.
///
/// ```
/// use cachefn_conformance::LocalLeases;
/// use cachefn_core::{Claim, Leases, ManualClock, Token};
/// use std::time::Duration;
///
/// # pollster::block_on(async {
/// let (clock, second) = (ManualClock::new(), Duration::from_secs(1));
/// let leases = LocalLeases::new(clock.clone());
/// leases.acquire(b"users:7", Token([1; 16]), second).await?;
/// clock.advance(second);
/// assert!(!leases.renew(b"users:7", Token([1; 16]), second).await?);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct LocalLeases {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock + Send + Sync>,
}

impl LocalLeases {
    /// Leases that do what they should.
    ///
    /// ```
    /// use cachefn_conformance::LocalLeases;
    /// let leases = LocalLeases::new(cachefn_core::ManualClock::new());
    /// assert_eq!(leases.holder(b"users:7"), None);
    /// ```
    pub fn new(clock: impl Clock + Send + Sync + 'static) -> Self {
        Self::with(0, clock, LeaseFaults::none())
    }

    /// Leases with which these things go wrong. What goes wrong when follows from the seed and from the
    /// order of the calls.
    ///
    /// ```
    /// use cachefn_conformance::{LeaseFaults, LocalLeases};
    /// use cachefn_core::{Leases, ManualClock};
    /// let leases = LocalLeases::with(7, ManualClock::new(), LeaseFaults::none().errors(1.0));
    /// assert!(pollster::block_on(leases.revoke(&[b"a"])).is_err());
    /// ```
    pub fn with(seed: u64, clock: impl Clock + Send + Sync + 'static, faults: LeaseFaults) -> Self {
        let state = Arc::new(Mutex::new(State::new(seed, faults)));
        LocalLeases { state, clock: Arc::new(clock) }
    }

    /// From now on these faults, instead of those before.
    ///
    /// ```
    /// use cachefn_conformance::{LeaseFaults, LocalLeases};
    /// use cachefn_core::{Leases, ManualClock};
    /// let leases = LocalLeases::new(ManualClock::new());
    /// leases.inject(LeaseFaults::none().errors(1.0));
    /// assert!(pollster::block_on(leases.revoke(&[b"a"])).is_err());
    /// ```
    pub fn inject(&self, faults: LeaseFaults) {
        self.lock().faults = faults;
    }

    /// By which token a name is lent now.
    ///
    /// ```
    /// use cachefn_conformance::LocalLeases;
    /// let leases = LocalLeases::new(cachefn_core::ManualClock::new());
    /// assert!(leases.holder(b"users:7").is_none());
    /// ```
    pub fn holder(&self, name: &[u8]) -> Option<Token> {
        let now = self.clock.mono_ms();
        self.lock().holder(name, now).map(|(lease, _)| lease)
    }

    /// How many wait to be told.
    ///
    /// ```
    /// use cachefn_conformance::LocalLeases;
    /// assert_eq!(LocalLeases::new(cachefn_core::ManualClock::new()).waiting(), 0);
    /// ```
    pub fn waiting(&self) -> usize {
        self.lock().waiting()
    }

    /// One call; what it does, under the lock, gives an answer and those whom it wakes.
    async fn call<T>(
        &self,
        operation: &'static str,
        effect: impl FnOnce(&mut State, u64) -> (T, Vec<Waker>),
    ) -> Result<T, Error> {
        let (fate, polls) = self.lock().draw();
        pend(polls).await;
        if matches!(fate, Fate::Failed) {
            return Err(failure(operation));
        }
        let now = self.clock.mono_ms();
        let (answer, woken) = effect(&mut self.lock(), now);
        woken.into_iter().for_each(Waker::wake);
        pend(polls).await;
        if matches!(fate, Fate::Mute) { Err(failure(operation)) } else { Ok(answer) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements, so a panic elsewhere does not concern it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for LocalLeases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalLeases").finish_non_exhaustive()
    }
}

impl Leases for LocalLeases {
    fn acquire<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>> {
        Box::pin(self.call("acquire", move |state, now| {
            let claim = match state.holder(name, now) {
                Some((holder, until)) if holder != lease => {
                    Claim::Busy(Duration::from_millis(until - now))
                }
                _ => {
                    state.lend(name, lease, end(now, life));
                    Claim::Held
                }
            };
            (claim, Vec::new())
        }))
    }

    fn take<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.call("take", move |state, now| {
            state.lend(name, lease, end(now, life));
            ((), Vec::new())
        }))
    }

    fn renew<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(self.call("renew", move |state, now| {
            let is_held = state.holder(name, now).is_some_and(|(holder, _)| holder == lease);
            if is_held {
                state.lend(name, lease, end(now, life));
            }
            (is_held, Vec::new())
        }))
    }

    fn release<'a>(&'a self, name: &'a [u8], lease: Token) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(self.call("release", move |state, now| {
            let is_held = state.holder(name, now).is_some_and(|(holder, _)| holder == lease);
            (is_held, if is_held { state.free(name) } else { Vec::new() })
        }))
    }

    fn revoke<'a>(&'a self, names: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.call("revoke", move |state, _| {
            ((), names.iter().flat_map(|name| state.free(name)).collect())
        }))
    }

    fn released<'a>(&'a self, name: &'a [u8]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.call("released", |_, _| ((), Vec::new())).await?;
            let mut waiting = Waiting { leases: self, number: None };
            poll_fn(|context| {
                let now = self.clock.mono_ms();
                let mut state = self.lock();
                let begins = waiting.number.is_none();
                if begins && state.holder(name, now).is_none() {
                    return Poll::Ready(());
                }
                let is_over = state.wait(&mut waiting.number, name, context.waker());
                if is_over { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            Ok(())
        })
    }
}

/// One who waits, until it is dropped.
struct Waiting<'a> {
    leases: &'a LocalLeases,
    number: Option<u64>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.leases.lock().leave(number);
        }
    }
}

fn end(now: u64, life: Duration) -> u64 {
    now.saturating_add(u64::try_from(life.as_millis()).unwrap_or(u64::MAX))
}
