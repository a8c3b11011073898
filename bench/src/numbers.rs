//! Caches in which each number is kept under itself, read one after the other.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cachefn_core::Cache;

use crate::allocator;
use crate::measure::{Cost, timed};

/// A way to read them.
pub struct Reader {
    pub name: &'static str,
    read: Read,
}

/// Reads the values of keys; their sum.
pub type Read = Box<dyn Fn(&[u64]) -> u64>;

impl Reader {
    pub fn new(name: &'static str, read: impl Fn(u64) -> u64 + 'static) -> Self {
        Reader { name, read: Box::new(move |asked| asked.iter().map(|key| read(*key)).sum()) }
    }

    /// Reads an asynchronous cache.
    pub fn awaited(name: &'static str, cache: Cache<u64, u64>) -> Self {
        Reader::new(name, move |key| now(cache.get_or_fetch(&key, || async { 0 })))
    }

    /// The same reading, with something around all of it.
    pub fn within(
        self,
        name: &'static str,
        around: impl Fn(&dyn Fn() -> u64) -> u64 + 'static,
    ) -> Self {
        let read = self.read;
        Reader { name, read: Box::new(move |asked| around(&|| read(asked))) }
    }

    pub fn cost(&self, asked: &[u64]) -> Cost {
        (self.read)(&asked[..asked.len() / 4]);
        let (cost, sum) = timed(asked.len(), || (self.read)(asked));
        assert_eq!(sum, asked.iter().sum::<u64>(), "{} returned something else", self.name);
        cost
    }

    pub fn allocations(&self, asked: &[u64]) -> u64 {
        allocator::start();
        black_box((self.read)(asked));
        allocator::stop().calls
    }
}

/// The outcome of a future that is ready: a hit waits for nothing.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("it was to be ready at once"),
    }
}
