//! Caches of several processes that share a storage and leases: one of them makes a value.

mod failing;
mod fencing;
mod holding;
mod settings;
mod sharing;
mod time;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use cachefn_conformance::{LeaseFaults, LocalLeases};
use cachefn_core::{Builder, Cache, Leases, Token};

use crate::support::*;
use time::Time;

/// How long a lease lasts.
const LIFE: Duration = ms(30_000);

/// What the processes share, and the time.
struct World {
    store: Store,
    leases: LocalLeases,
    time: Time,
    background: RefCell<Vec<Task<'static, ()>>>,
}

impl World {
    fn new() -> Self {
        let time = Time::new();
        let leases = LocalLeases::new(time.clock.clone());
        World { store: Store::new(), leases, time, background: RefCell::default() }
    }

    fn builder(&self) -> Builder<Cache<u32, u32>> {
        let builder = over(&self.store, &self.time.clock).runtime(self.time.clone());
        builder.leases(self.leases.clone()).lease_time(LIFE)
    }

    /// The cache of one process.
    fn process(&self) -> Cache<u32, u32> {
        self.builder().build().unwrap()
    }

    fn processes<const N: usize>(&self) -> [Cache<u32, u32>; N] {
        std::array::from_fn(|_| self.process())
    }

    /// Which lease of the key 1 is held.
    fn holder(&self) -> Option<Token> {
        self.leases.holder(b"c:1")
    }

    /// Another process, which is not played here, has the lease of the key 1 for so long.
    fn lend(&self, life: Duration) {
        finish(self.leases.take(b"c:1", Token([9; 16]), life)).unwrap();
    }

    /// Does what the caches do in the background, until all of it waits; how much of it does.
    fn settle(&self) -> usize {
        let mut tasks = self.background.borrow_mut();
        loop {
            tasks.extend(self.time.background.take().into_iter().map(Task::new));
            let before = tasks.iter().filter(|task| task.is_woken()).count();
            if before == 0 {
                return tasks.len();
            }
            tasks.retain_mut(|task| task.advance().is_none());
        }
    }

    /// Lets time pass, in steps that are shorter than the times between renewals.
    fn pass(&self, duration: Duration) {
        for _ in 0..10 {
            self.time.pass(duration / 10);
            self.settle();
        }
    }

    /// What another process would find.
    fn stored(&self) -> Option<u32> {
        finish(over(&self.store, &self.time.clock).build().unwrap().get(&1)).unwrap()
    }
}

/// A fetcher that ends when it is told to.
#[derive(Default)]
struct Gate {
    is_open: Cell<bool>,
    runs: Cell<u32>,
}

impl Gate {
    async fn make(&self, value: u32) -> u32 {
        self.runs.set(self.runs.get() + 1);
        std::future::poll_fn(|_| match self.is_open.get() {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        })
        .await;
        value
    }

    /// From now on fetchers end; the tasks in question are polled by hand.
    fn open(&self) {
        self.is_open.set(true);
    }
}
