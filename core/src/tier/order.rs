//! Changes of one key happen in the storage in the order in which they happen in memory: who changes
//! both holds the key's turn meanwhile.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::future::poll_fn;
use core::hash::{BuildHasherDefault, Hasher};
use core::task::{Poll, Waker};
use std::collections::hash_map::{Entry, HashMap};

use crate::hash::KeyHasher;
use crate::sync::Mutex;

/// Names are known by their hashes here: two that meet wait for each other, which costs nothing but time,
/// and a turn that nobody waits for needs no memory of its own.
#[derive(Debug)]
pub(crate) struct Order {
    hasher: KeyHasher,
    queues: Mutex<Queues>,
}

#[derive(Debug)]
struct Queues {
    /// Who holds or awaits the turn of a name.
    names: HashMap<u64, Queue, BuildHasherDefault<Hashed>>,
    next: u64,
}

#[derive(Debug)]
struct Queue {
    /// The number of who holds it.
    holder: u64,
    waiting: VecDeque<Place>,
}

#[derive(Debug)]
struct Place {
    number: u64,
    waker: Option<Waker>,
}

impl Order {
    pub(crate) fn new() -> Self {
        let queues = Mutex::new(Queues { names: HashMap::default(), next: 0 });
        Order { hasher: KeyHasher::new(None), queues }
    }

    /// The turn of a name, when all who came before are through.
    pub(crate) async fn turn(&self, name: &str) -> Turn<'_, [u64; 1]> {
        self.take([self.hash(name)]).await
    }

    /// The turns of many names. They are queued for in one step, so that no two who want some of the same
    /// names ever wait for each other.
    pub(crate) async fn turns<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Turn<'_, Vec<u64>> {
        self.take(names.map(|name| self.hash(name)).collect()).await
    }

    async fn take<N: AsRef<[u64]>>(&self, names: N) -> Turn<'_, N> {
        let (number, mut is_first) = self.queues.lock().queue(names.as_ref());
        // Made before the wait, so that a wait that is given up leaves the queues.
        let turn = Turn { order: self, names, number };
        let mut names = turn.names.as_ref();
        poll_fn(|context| {
            if !is_first {
                let mut queues = self.queues.lock();
                while let Some((name, others)) = names.split_first() {
                    if !queues.is_first(*name, number, context.waker()) {
                        return Poll::Pending;
                    }
                    // Who is the first stays that.
                    names = others;
                }
                is_first = true;
            }
            Poll::Ready(())
        })
        .await;
        turn
    }

    /// Whether a change of this name is under way: memory may be ahead of the storage then.
    pub(crate) fn is_taken(&self, name: &str) -> bool {
        let name = self.hash(name);
        self.queues.lock().names.contains_key(&name)
    }

    /// Lets all changes end that are under way.
    pub(crate) async fn settle(&self) {
        let names: Vec<u64> = self.queues.lock().names.keys().copied().collect();
        for name in names {
            drop(self.take([name]).await);
        }
    }

    fn hash(&self, name: &str) -> u64 {
        self.hasher.hash(name).whole()
    }
}

impl Queues {
    /// Queues for all these names; the number for that, and whether it is the first for each of them.
    fn queue(&mut self, names: &[u64]) -> (u64, bool) {
        self.next += 1;
        let (number, mut is_first) = (self.next, true);
        for name in names {
            let new = || Queue { holder: number, waiting: VecDeque::new() };
            let queue = self.names.entry(*name).or_insert_with(new);
            // A name may come twice.
            let last = queue.waiting.back().map_or(queue.holder, |place| place.number);
            if last != number {
                queue.waiting.push_back(Place { number, waker: None });
            }
            is_first &= queue.holder == number;
        }
        (number, is_first)
    }

    /// Whether this number is the first for a name; if it is not, the waker will be woken when it is.
    fn is_first(&mut self, name: u64, number: u64, waker: &Waker) -> bool {
        let Some(queue) = self.names.get_mut(&name) else { return true };
        if let Some(own) = queue.waiting.iter_mut().find(|place| place.number == number) {
            own.waker = Some(waker.clone());
        }
        queue.holder == number
    }

    /// What a large batch took is given back when nothing is under way.
    fn shrink(&mut self) {
        if self.names.is_empty() && self.names.capacity() > KEPT {
            self.names = HashMap::default();
        }
    }

    /// Gives on what this number holds, and leaves where it waits: who is the next, and is to be woken, and
    /// what is to be dropped unlocked.
    fn leave(&mut self, name: u64, number: u64) -> Option<Place> {
        let Entry::Occupied(mut queue) = self.names.entry(name) else { return None };
        let own = queue.get_mut();
        if own.holder != number {
            let at = own.waiting.iter().position(|place| place.number == number)?;
            return own.waiting.remove(at);
        }
        let next = own.waiting.pop_front();
        match &next {
            Some(next) => own.holder = next.number,
            None => drop(queue.remove()),
        }
        next
    }
}

/// Takes names for the hashes that they are.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write_u64(&mut self, name: u64) {
        self.0 = name;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Nothing but `u64` is ever written.
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The right to change some keys in all tiers; given on when it is dropped.
#[must_use]
#[derive(Debug)]
pub(crate) struct Turn<'a, N: AsRef<[u64]>> {
    order: &'a Order,
    names: N,
    number: u64,
}

impl<N: AsRef<[u64]>> Drop for Turn<'_, N> {
    fn drop(&mut self) {
        let mut left = Vec::new();
        let mut queues = self.order.queues.lock();
        for name in self.names.as_ref() {
            left.extend(queues.leave(*name, self.number));
        }
        queues.shrink();
        drop(queues);
        // Wakers are foreign code.
        for Place { number, waker } in left {
            if let Some(waker) = waker.filter(|_| number != self.number) {
                waker.wake();
            }
        }
    }
}

/// Room for so many names is kept while there are none.
const KEPT: usize = 4_096;

#[cfg(all(test, not(shuttle)))]
mod tests;
