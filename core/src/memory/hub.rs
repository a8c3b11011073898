//! Tells listeners, outside all locks, one thread at a time, in the order of effects.

use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::event::Event;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicBool, Ordering::*};

type Listener<K> = Arc<dyn Fn(&Event<K>) + Send + Sync>;

/// The listeners of one cache, and what they have not been told yet.
pub(crate) struct Hub<K> {
    inner: Arc<Inner<K>>,
}

struct Inner<K> {
    listening: AtomicBool,
    delivering: AtomicBool,
    queue: Mutex<VecDeque<Event<K>>>,
    listeners: Mutex<Vec<(u64, Listener<K>)>>,
}

impl<K> Hub<K> {
    pub(crate) fn new() -> Self {
        let inner = Inner {
            listening: AtomicBool::new(false),
            delivering: AtomicBool::new(false),
            queue: Mutex::new(VecDeque::new()),
            listeners: Mutex::new(Vec::new()),
        };
        Hub { inner: Arc::new(inner) }
    }

    #[inline]
    pub(crate) fn is_listening(&self) -> bool {
        self.inner.listening.load(Relaxed)
    }

    pub(crate) fn subscribe(&self, listener: Listener<K>) -> Subscription<K> {
        let mut listeners = self.inner.listeners.lock();
        let id = listeners.last().map_or(0, |(id, _)| id + 1);
        listeners.push((id, listener));
        self.inner.listening.store(true, Relaxed);
        Subscription { hub: Arc::downgrade(&self.inner), id }
    }

    /// Queues events; called under the lock of the shard they happened in, so that the order of one
    /// key's events is the order of its effects.
    pub(crate) fn queue(&self, events: impl IntoIterator<Item = Event<K>>) {
        self.inner.queue.lock().extend(events);
    }

    /// Tells what is queued, unless another call is at it: that one will tell it.
    pub(crate) fn deliver(&self) {
        let inner = &*self.inner;
        while self.is_listening() && !inner.delivering.swap(true, AcqRel) {
            let turn = Turn(&inner.delivering);
            while let Some(event) = self.next() {
                let listeners: Vec<_> =
                    inner.listeners.lock().iter().map(|(_, listener)| listener.clone()).collect();
                for listener in listeners {
                    // A listener that panics harms neither the caller nor the other listeners.
                    let _ = catch_unwind(AssertUnwindSafe(|| listener(&event)));
                }
            }
            drop(turn);
            // An event queued between the last look and the store would wait for the next call.
            if inner.queue.lock().is_empty() {
                return;
            }
        }
    }

    fn next(&self) -> Option<Event<K>> {
        self.inner.queue.lock().pop_front()
    }
}

/// One call's turn to deliver; it ends though a key or a listener panics when it is dropped.
struct Turn<'h>(&'h AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Release);
    }
}

impl<K> fmt::Debug for Hub<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

/// Keeps a listener subscribed; dropping it ends the subscription.
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}};
/// let (cache, heard) = (cachefn_core::MemoryCache::builder().build()?, Arc::new(AtomicU32::new(0)));
/// let counter = heard.clone();
/// let subscription = cache.subscribe(move |_| drop(counter.fetch_add(1, Relaxed)));
/// cache.set(1, "one")?;
/// drop(subscription);
/// cache.set(2, "two")?;
/// assert_eq!(heard.load(Relaxed), 1);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[must_use = "dropping a subscription ends it"]
pub struct Subscription<K> {
    hub: Weak<Inner<K>>,
    id: u64,
}

impl<K> Drop for Subscription<K> {
    fn drop(&mut self) {
        let Some(hub) = self.hub.upgrade() else { return };
        let mut listeners = hub.listeners.lock();
        let at = listeners.iter().position(|(id, _)| *id == self.id);
        let gone = at.map(|at| listeners.remove(at));
        hub.listening.store(!listeners.is_empty(), Relaxed);
        drop(listeners);
        drop(gone); // the listener's own drop runs outside the lock
    }
}

impl<K> fmt::Debug for Subscription<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
