//! The tasks that wait for one thing, each for as long as its future lives.

use std::collections::BTreeMap;
use std::task::{Context, Waker};

use crate::lock::Lock;

#[derive(Debug, Default)]
pub(crate) struct Wakers(Lock<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    wakers: BTreeMap<u64, Waker>,
    last: u64,
}

impl Wakers {
    /// A place for one who waits.
    pub(crate) fn seat(&self) -> Seat<'_> {
        Seat { wakers: self, number: None }
    }

    /// Wakes all who wait.
    pub(crate) fn wake(&self) {
        let woken = std::mem::take(&mut self.0.lock().wakers);
        woken.into_values().for_each(Waker::wake);
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.lock().wakers.len()
    }
}

/// The place of one who waits; given back when it is dropped.
pub(crate) struct Seat<'a> {
    wakers: &'a Wakers,
    number: Option<u64>,
}

impl Seat<'_> {
    /// Takes the place. What is waited for is to be looked at afterwards, not before.
    pub(crate) fn take(&mut self, context: &Context<'_>) {
        // Cloned, and the one before it dropped, where nothing is locked.
        let waker = context.waker().clone();
        let before = {
            let mut waiting = self.wakers.0.lock();
            let number = *self.number.get_or_insert_with(|| {
                waiting.last += 1;
                waiting.last
            });
            waiting.wakers.insert(number, waker)
        };
        drop(before);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = self.wakers.0.lock().wakers.remove(&number);
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_leaves_no_waker() {
        let wakers = Wakers::default();
        let context = Context::from_waker(Waker::noop());
        let (mut first, mut second) = (wakers.seat(), wakers.seat());
        first.take(&context);
        second.take(&context);
        first.take(&context);
        assert_eq!(wakers.len(), 2);
        drop(first);
        assert_eq!(wakers.len(), 1);
        wakers.wake();
        assert_eq!(wakers.len(), 0);
        drop(second);
    }
}
