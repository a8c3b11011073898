//! Who is connected, what is on its way, and what is drawn for it.

use cachefn_core::{Error, Hear, Message};

use super::faults::BusFaults;
use crate::random::Random;

pub(super) struct State {
    pub(super) faults: BusFaults,
    random: Random,
    connections: Vec<Line>,
    /// Messages, each with the connection that it goes to.
    under_way: Vec<(usize, Message)>,
    next: u64,
}

/// One connection.
#[derive(Default)]
struct Line {
    subscribers: Vec<(u64, Hear)>,
    is_lost: bool,
}

/// What becomes of a message at its end.
pub(super) enum Route {
    To(Vec<Hear>),
    /// The connection is lost together with it.
    Cut(Vec<Hear>),
    Nowhere,
}

impl State {
    pub(super) fn new(seed: u64, faults: BusFaults) -> Self {
        let (connections, under_way) = (Vec::new(), Vec::new());
        State { faults, random: Random(seed), connections, under_way, next: 0 }
    }

    pub(super) fn connect(&mut self) -> usize {
        self.connections.push(Line::default());
        self.connections.len() - 1
    }

    pub(super) fn subscribe(&mut self, number: usize, hear: Hear) -> (u64, bool) {
        self.next += 1;
        let line = &mut self.connections[number];
        line.subscribers.push((self.next, hear));
        (self.next, line.is_lost)
    }

    pub(super) fn unsubscribe(&mut self, number: usize, subscriber: u64) -> Option<Hear> {
        let subscribers = &mut self.connections[number].subscribers;
        let at = subscribers.iter().position(|(own, _)| *own == subscriber)?;
        Some(subscribers.remove(at).1)
    }

    pub(super) fn is_lost(&self, number: usize) -> bool {
        self.connections[number].is_lost
    }

    pub(super) fn lost(&self) -> Vec<usize> {
        (0..self.connections.len()).filter(|number| self.is_lost(*number)).collect()
    }

    /// Those who are to be told that it is lost; nobody when it was.
    pub(super) fn lose(&mut self, number: usize) -> Vec<Hear> {
        let line = &mut self.connections[number];
        if std::mem::replace(&mut line.is_lost, true) { Vec::new() } else { line.hearers() }
    }

    /// Those who are to be told that it is restored; nobody when it was not lost.
    pub(super) fn restore(&mut self, number: usize) -> Vec<Hear> {
        let line = &mut self.connections[number];
        if std::mem::replace(&mut line.is_lost, false) { line.hearers() } else { Vec::new() }
    }

    /// How often a call pends.
    pub(super) fn polls(&mut self) -> usize {
        if self.random.hits(self.faults.delays) { self.random.index(3) } else { 0 }
    }

    /// Sends a message to all; to which connections it goes at once, the sender's among them.
    pub(super) fn send(&mut self, from: usize, message: &Message) -> Result<Vec<usize>, Error> {
        if self.is_lost(from) {
            return Err(Error::unavailable("publish", "the connection is lost"));
        }
        if self.random.hits(self.faults.errors) {
            return Err(Error::unavailable("publish", "an error was drawn"));
        }
        let mut at_once = Vec::new();
        for number in 0..self.connections.len() {
            if self.is_lost(number) {
                continue;
            }
            let copies = 1 + usize::from(self.random.hits(self.faults.repeats));
            for _ in 0..copies {
                if self.random.hits(self.faults.delays) {
                    self.under_way.push((number, message.clone()));
                } else {
                    at_once.push(number);
                }
            }
        }
        Ok(at_once)
    }

    /// One message that is on its way, whichever is drawn.
    pub(super) fn next(&mut self) -> Option<(usize, Message)> {
        if self.under_way.is_empty() {
            return None;
        }
        let at = self.random.index(self.under_way.len());
        Some(self.under_way.swap_remove(at))
    }

    /// Where a message goes that has arrived.
    pub(super) fn route(&mut self, number: usize) -> Route {
        if self.is_lost(number) {
            return Route::Nowhere;
        }
        if self.random.hits(self.faults.losses) {
            return Route::Cut(self.lose(number));
        }
        Route::To(self.connections[number].hearers())
    }
}

impl Line {
    fn hearers(&self) -> Vec<Hear> {
        self.subscribers.iter().map(|(_, hear)| hear.clone()).collect()
    }
}
