//! Who is told of events, on one thread.

use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use crate::event::Event;

type Listener<K> = Rc<dyn Fn(&Event<K>)>;
type List<K> = Vec<(u64, Listener<K>)>;

pub(super) struct Listeners<K> {
    list: Rc<RefCell<List<K>>>,
}

impl<K> Listeners<K> {
    pub(super) fn new() -> Self {
        Listeners { list: Rc::default() }
    }

    #[inline]
    pub(super) fn is_listening(&self) -> bool {
        !self.list.borrow().is_empty()
    }

    pub(super) fn subscribe(&self, listener: Listener<K>) -> Subscription<K> {
        let mut list = self.list.borrow_mut();
        let id = list.last().map_or(0, |(id, _)| id + 1);
        list.push((id, listener));
        Subscription { list: Rc::downgrade(&self.list), id }
    }

    /// The list is copied, so that a listener may end its own subscription.
    #[inline]
    pub(super) fn tell(&self, event: impl FnOnce() -> Event<K>) {
        if self.is_listening() {
            let event = event();
            let list = self.list.borrow().clone();
            list.iter().for_each(|(_, listener)| call(listener, &event));
        }
    }
}

/// A listener that panics harms neither the caller nor the other listeners.
#[cfg(feature = "std")]
fn call<K>(listener: &Listener<K>, event: &Event<K>) {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let _ = catch_unwind(AssertUnwindSafe(|| listener(event)));
}

/// Without `std` a panic cannot be caught.
#[cfg(not(feature = "std"))]
fn call<K>(listener: &Listener<K>, event: &Event<K>) {
    listener(event);
}

/// Keeps a listener subscribed; dropping it ends the subscription.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
/// let mut cache = cachefn_core::unsync::MemoryCache::builder().build()?;
/// let heard = Rc::new(Cell::new(0));
/// let counter = heard.clone();
/// let subscription = cache.subscribe(move |_| counter.set(counter.get() + 1));
/// cache.set(1, "one")?;
/// drop(subscription);
/// cache.set(2, "two")?;
/// assert_eq!(heard.get(), 1);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[must_use = "dropping a subscription ends it"]
pub struct Subscription<K> {
    list: Weak<RefCell<List<K>>>,
    id: u64,
}

impl<K> Drop for Subscription<K> {
    fn drop(&mut self) {
        if let Some(list) = self.list.upgrade() {
            let at = list.borrow().iter().position(|(id, _)| *id == self.id);
            // It may hold a subscription of its own, so its end comes after the borrow.
            let gone = at.map(|at| list.borrow_mut().remove(at));
            drop(gone);
        }
    }
}

impl<K> fmt::Debug for Subscription<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
