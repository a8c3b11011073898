//! One selector for all shards of a cache: they see one stream of requests, and share what it shows.

#[cfg(feature = "std")]
pub(crate) use threads::Shared;

#[cfg(feature = "std")]
mod threads {
    use alloc::sync::Arc;
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::super::selector::Selector;
    use crate::ring::Ring;
    use crate::sync::Mutex;

    /// The selector of a cache with several shards.
    #[derive(Debug, Clone)]
    pub(crate) struct Shared(Arc<Inner>);

    #[derive(Debug)]
    struct Inner {
        capacity: u32,
        expert: AtomicUsize,
        /// Made with the first sample.
        selector: Mutex<Option<Selector>>,
    }

    impl Shared {
        pub(crate) fn new(capacity: u32) -> Self {
            let (expert, selector) = (AtomicUsize::new(0), Mutex::new(None));
            Shared(Arc::new(Inner { capacity, expert, selector }))
        }

        pub(in super::super) fn capacity(&self) -> u32 {
            self.0.capacity
        }

        /// How many bytes are allocated.
        pub(crate) fn memory(&self) -> usize {
            self.0.selector.lock().as_ref().map_or(0, Selector::memory)
        }

        /// Replays a shard's samples; when another shard is at it, they wait for the next time.
        pub(in super::super) fn feed(&self, own: Option<u32>, hits: &mut Ring) -> usize {
            if let Some(mut selector) = self.0.selector.try_lock() {
                let selector = selector.get_or_insert_with(|| Selector::new(self.0.capacity));
                self.0.expert.store(selector.replay(own, hits), Relaxed);
            }
            self.0.expert.load(Relaxed)
        }
    }
}

/// Without `std` there is one shard.
#[cfg(not(feature = "std"))]
#[derive(Debug, Clone)]
pub(crate) enum Shared {}

#[cfg(not(feature = "std"))]
impl Shared {
    pub(super) fn capacity(&self) -> u32 {
        match *self {}
    }

    pub(super) fn feed(&self, _: Option<u32>, _: &mut crate::ring::Ring) -> usize {
        match *self {}
    }
}
