//! The one task of an outbox: there is one only while something waits.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cachefn_core::{Runtime, Storage};

use super::bell::Bell;
use super::drain::Drained;
use super::rest::rest;
use super::shared::{Health, Shared};
use super::stage::Stage;

/// Starts it.
pub(crate) fn spawn<S: Storage>(shared: &Arc<Shared<S>>) {
    let worker = Worker {
        shared: Arc::downgrade(shared),
        bell: Arc::clone(&shared.bell),
        runtime: Arc::clone(&shared.runtime),
        health: shared.health.clone(),
        has_ended: false,
    };
    shared.runtime.spawn_named("outbox", Box::pin(worker.work()));
}

/// It holds the outbox only while it writes, so that dropping the outbox ends it.
struct Worker<S> {
    shared: Weak<Shared<S>>,
    bell: Arc<Bell>,
    runtime: Arc<dyn Runtime>,
    health: Option<Health>,
    /// It was told that it is not needed any more.
    has_ended: bool,
}

/// What comes next.
enum Next {
    Drain,
    /// More may come to the batch.
    Gather(Duration),
    End,
}

impl<S: Storage> Worker<S> {
    async fn work(mut self) {
        let mut pauses = None;
        let mut gathered = false;
        loop {
            let rings = self.bell.rings();
            let Some(shared) = self.shared.upgrade() else { return };
            match next(&shared, gathered) {
                Next::End => {
                    self.has_ended = true;
                    return;
                }
                Next::Gather(interval) => {
                    drop(shared);
                    rest(&*self.runtime, None, Some(interval), self.bell.after(rings)).await;
                    gathered = true;
                    continue;
                }
                Next::Drain => (),
            }
            gathered = false;
            let options = shared.state().options;
            let drained = shared.drain().await;
            drop(shared);
            match drained {
                Drained::Some => pauses = None,
                Drained::Nothing => {
                    if let Some(limit) = self.stall(rings) {
                        rest(&*self.runtime, None, limit, self.bell.after(rings)).await;
                    }
                }
                Drained::Failed(_) => {
                    let pause: Duration = pauses.unwrap_or(options.first_pause);
                    pauses = Some((pause * 2).min(options.longest_pause));
                    let rung = self.bell.after(rings);
                    rest(&*self.runtime, self.health.as_ref(), Some(pause), rung).await;
                }
            }
        }
    }

    /// Whether what waits is under way elsewhere, or has no bus yet: whoever changes that rings. For how long at
    /// most, if there is something that others go before.
    fn stall(&self, rings: u64) -> Option<Option<Duration>> {
        let shared = self.shared.upgrade()?;
        let (now, mut state) = (shared.now(), shared.state());
        state.is_stalled = !state.is_idle() && self.bell.rings() == rings;
        let until = |next: u64| Duration::from_millis(next.saturating_sub(now));
        state.is_stalled.then(|| state.aside.next().map(until))
    }
}

/// One that dies, because the storage panics or its runtime ends, makes place for another: the next write starts it.
impl<S> Drop for Worker<S> {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade().filter(|_| !self.has_ended) {
            let mut state = shared.state();
            (state.has_worker, state.is_stalled, state.is_gathering) = (false, false, false);
        }
    }
}

fn next<S: Storage>(shared: &Shared<S>, gathered: bool) -> Next {
    let mut state = shared.state();
    (state.is_stalled, state.is_gathering) = (false, false);
    if state.stage == Stage::Ended || state.is_idle() {
        state.has_worker = false;
        return Next::End;
    }
    if gathered || state.is_due() || state.waiting() == 0 {
        return Next::Drain;
    }
    state.is_gathering = true;
    Next::Gather(state.options.interval)
}
