//! One lease, for as long as this process makes the value: renewed beside the fetcher, and given back.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::poll_fn;
use core::mem;
use core::task::{Poll, Waker};
use core::time::Duration;

use super::leasing::Leasing;
use crate::error::Error;
use crate::lease::Claim;
use crate::storage::{Lease, Token};
use crate::sync::Mutex;

/// A lease of one name, or the wish for one. What may be held when it is dropped is given back by the
/// runtime.
pub(super) struct Holding {
    wish: Arc<Wish>,
    /// It may be held, as far as is known.
    may_be_held: bool,
    end: Option<Arc<End>>,
}

struct Wish {
    leasing: Arc<Leasing>,
    name: Vec<u8>,
    token: Token,
}

/// Whether a lease is not to be renewed any more.
#[derive(Default)]
struct End(Mutex<State>);

#[derive(Default)]
struct State {
    is_there: bool,
    waker: Option<Waker>,
}

impl Holding {
    /// The wish.
    pub(super) fn new(leasing: Arc<Leasing>, name: Vec<u8>, token: Token) -> Self {
        Holding { wish: Arc::new(Wish { leasing, name, token }), may_be_held: false, end: None }
    }

    /// Asks for it; for how long another has it at most, if one does.
    ///
    /// # Errors
    /// When that could not be asked.
    pub(super) async fn acquire(&mut self) -> Result<Option<Duration>, Error> {
        self.may_be_held = true;
        let Wish { leasing, name, token } = &*self.wish;
        match leasing.leases.acquire(name, *token, leasing.life).await? {
            Claim::Held => {
                self.renew_beside();
                Ok(None)
            }
            Claim::Busy(left) => {
                self.may_be_held = false;
                Ok(Some(left))
            }
        }
    }

    /// Has it, whoever had it before.
    ///
    /// # Errors
    /// When that could not be asked.
    pub(super) async fn take(&mut self) -> Result<(), Error> {
        self.may_be_held = true;
        let Wish { leasing, name, token } = &*self.wish;
        leasing.leases.take(name, *token, leasing.life).await?;
        self.renew_beside();
        Ok(())
    }

    /// Ready when another has given it back, as far as can be heard.
    ///
    /// # Errors
    /// When nothing can be heard.
    pub(super) async fn released(&self) -> Result<(), Error> {
        self.wish.leasing.leases.released(&self.wish.name).await
    }

    /// What a storage may know it by.
    pub(super) fn lease(&self) -> Lease {
        Lease { token: self.wish.token, place: self.wish.leasing.leases.place() }
    }

    /// Whether it is held still, and for its whole life from now on.
    ///
    /// # Errors
    /// When that could not be asked.
    pub(super) async fn is_held(&self) -> Result<bool, Error> {
        self.wish.renew().await
    }

    /// Gives it back; whether it was held until now.
    ///
    /// # Errors
    /// When that could not be asked.
    pub(super) async fn release(mut self) -> Result<bool, Error> {
        self.end_renewals();
        let Wish { leasing, name, token } = &*self.wish;
        let released = leasing.leases.release(name, *token).await;
        // A call that failed is not tried again: time ends the lease.
        self.may_be_held = false;
        released
    }

    fn renew_beside(&mut self) {
        let (end, wish) = (Arc::<End>::default(), self.wish.clone());
        self.end = Some(end.clone());
        self.wish.leasing.runtime.spawn_named(
            "lease",
            Box::pin(async move {
                let life = wish.leasing.life;
                loop {
                    let passed = end.before(wish.leasing.runtime.sleep(life / RENEWALS)).await;
                    // A renewal that fails is tried again while the lease lives.
                    if passed.is_none()
                        || matches!(end.before(wish.renew()).await, None | Some(Ok(false)))
                    {
                        return;
                    }
                }
            }),
        );
    }

    fn end_renewals(&mut self) {
        if let Some(end) = self.end.take() {
            end.comes();
        }
    }
}

/// How often a lease is renewed within its life.
const RENEWALS: u32 = 3;

impl Wish {
    async fn renew(&self) -> Result<bool, Error> {
        self.leasing.leases.renew(&self.name, self.token, self.leasing.life).await
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.end_renewals();
        if mem::take(&mut self.may_be_held) {
            let wish = self.wish.clone();
            self.wish.leasing.runtime.spawn_named(
                "lease",
                Box::pin(async move {
                    // Time ends it otherwise.
                    let _ = wish.leasing.leases.release(&wish.name, wish.token).await;
                }),
            );
        }
    }
}

impl End {
    fn comes(&self) {
        let mut state = self.0.lock();
        state.is_there = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// What a future brings, unless the end comes before.
    async fn before<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = core::pin::pin!(future);
        poll_fn(|context| {
            // Wakers are cloned and dropped where nothing is locked.
            let waker = context.waker().clone();
            let mut state = self.0.lock();
            if state.is_there {
                return Poll::Ready(None);
            }
            let before = state.waker.replace(waker);
            drop(state);
            drop(before);
            future.as_mut().poll(context).map(Some)
        })
        .await
    }
}
