//! Changes of one key happen in the storage in the order in which they happen in memory: who changes
//! both holds the key's turn meanwhile.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::future::poll_fn;
use core::task::{Poll, Waker};

use crate::sync::Mutex;

#[derive(Debug)]
pub(crate) struct Order {
    queues: Mutex<Queues>,
}

#[derive(Debug)]
struct Queues {
    /// Who holds or awaits the turn of a name, by number; the first one holds it.
    names: BTreeMap<String, VecDeque<Place>>,
    next: u64,
}

#[derive(Debug)]
struct Place {
    number: u64,
    waker: Option<Waker>,
}

impl Order {
    pub(crate) const fn new() -> Self {
        Order { queues: Mutex::new(Queues { names: BTreeMap::new(), next: 0 }) }
    }

    /// The turn of a name, when all who came before are through.
    pub(crate) async fn turn<'a>(&'a self, name: &'a str) -> Turn<'a> {
        let number = {
            let mut queues = self.queues.lock();
            queues.next += 1;
            let number = queues.next;
            let place = Place { number, waker: None };
            match queues.names.get_mut(name) {
                Some(queue) => queue.push_back(place),
                None => {
                    queues.names.insert(name.into(), VecDeque::from([place]));
                }
            }
            number
        };
        // Made before the wait, so that a wait that is given up leaves the queue.
        let turn = Turn { order: self, name, number };
        poll_fn(|context| {
            let mut queues = self.queues.lock();
            let queue = queues.names.get_mut(name).map(VecDeque::make_contiguous);
            match queue.and_then(|queue| queue.split_first_mut()) {
                Some((first, others)) if first.number != number => {
                    if let Some(own) = others.iter_mut().find(|place| place.number == number) {
                        own.waker = Some(context.waker().clone());
                    }
                    Poll::Pending
                }
                _ => Poll::Ready(()),
            }
        })
        .await;
        turn
    }

    /// The turns of many names, each once, in an order that all take.
    pub(crate) async fn turns<'a>(&'a self, names: impl Iterator<Item = &'a str>) -> Vec<Turn<'a>> {
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let mut turns = Vec::with_capacity(names.len());
        for name in names {
            turns.push(self.turn(name).await);
        }
        turns
    }

    /// Whether a change of this name is under way: memory may be ahead of the storage then.
    pub(crate) fn is_taken(&self, name: &str) -> bool {
        self.queues.lock().names.contains_key(name)
    }

    /// Lets all changes end that are under way.
    pub(crate) async fn settle(&self) {
        let names: Vec<String> = self.queues.lock().names.keys().cloned().collect();
        for name in names {
            drop(self.turn(&name).await);
        }
    }
}

/// The right to change one key in all tiers; given on when it is dropped.
#[must_use]
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    order: &'a Order,
    name: &'a str,
    number: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.order.queues.lock();
        let Some(queue) = queues.names.get_mut(self.name) else { return };
        let at = queue.iter().position(|place| place.number == self.number);
        let own = at.and_then(|at| queue.remove(at));
        let next = queue.front_mut().and_then(|place| place.waker.take());
        let gone = if queue.is_empty() { queues.names.remove_entry(self.name) } else { None };
        drop(queues);
        drop((own, gone));
        if let Some(next) = next {
            next.wake();
        }
    }
}
