//! A bus between the caches of one process, that loses, repeats, delays and reorders when it is told to.

mod faults;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cachefn_core::{BoxFuture, Bus, Error, Hear, Hearing, Message, Notice};

use crate::interleave::pend;
use state::{Route, State};

pub use faults::BusFaults;

/// Brings messages to all caches of this process; clones are the same bus. Each cache, or each of the
/// processes that a test plays, has a [`connect`](Self::connect)ion of its own.
///
/// A message is there when `publish` returns, unless there are [`BusFaults`]: whoever publishes hands it over, so that
/// two who do so at once may call one subscriber at once. A connection is lost and restored by one thread.
///
/// ```
/// use cachefn_conformance::LocalBus;
/// use cachefn_core::{Bus, Invalidation, Message, Notice};
/// use std::sync::{Arc, Mutex};
///
/// let (bus, heard) = (LocalBus::new(), Arc::new(Mutex::new(Vec::new())));
/// let (one, other) = (bus.connect(), bus.connect()); // each is what `Cache::builder(…).bus(…)` takes
/// let told = heard.clone();
/// let _hearing = other.subscribe(Arc::new(move |notice| told.lock().unwrap().push(notice)));
/// let message = Message::new("numbers", 1, Invalidation::Everything);
/// pollster::block_on(one.publish(&message)).unwrap();
/// assert_eq!(*heard.lock().unwrap(), [Notice::Message(message)]);
/// ```
#[derive(Clone)]
pub struct LocalBus(Arc<Mutex<State>>);

impl LocalBus {
    /// One that delivers at once, for ever.
    ///
    /// ```
    /// let bus = cachefn_conformance::LocalBus::new();
    /// assert!(!bus.deliver(), "nothing is ever on its way");
    /// ```
    pub fn new() -> Self {
        Self::with(0, BusFaults::none())
    }

    /// One on which these things go wrong. What goes wrong when follows from the seed and from the order of
    /// the calls.
    ///
    /// ```
    /// use cachefn_conformance::{BusFaults, LocalBus};
    /// use cachefn_core::{Bus, Invalidation, Message};
    /// use std::sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}};
    ///
    /// let (bus, heard) = (LocalBus::with(7, BusFaults::none().delays(1.0)), Arc::new(AtomicU32::new(0)));
    /// let (connection, counter) = (bus.connect(), heard.clone());
    /// let _hearing = connection.subscribe(Arc::new(move |_| drop(counter.fetch_add(1, Relaxed))));
    /// let message = Message::new("numbers", 1, Invalidation::Everything);
    /// pollster::block_on(connection.publish(&message)).unwrap();
    /// assert_eq!(heard.load(Relaxed), 0); // it is on its way
    /// bus.settle();
    /// assert_eq!(heard.load(Relaxed), 1);
    /// ```
    pub fn with(seed: u64, faults: BusFaults) -> Self {
        LocalBus(Arc::new(Mutex::new(State::new(seed, faults))))
    }

    /// From now on these faults, instead of those before.
    ///
    /// ```
    /// use cachefn_conformance::{BusFaults, LocalBus};
    /// use cachefn_core::{Bus, Invalidation, Message};
    /// let (bus, message) = (LocalBus::new(), Message::new("n", 1, Invalidation::Everything));
    /// let connection = bus.connect();
    /// bus.inject(BusFaults::none().errors(1.0));
    /// assert!(pollster::block_on(connection.publish(&message)).is_err());
    /// ```
    pub fn inject(&self, faults: BusFaults) {
        lock(&self.0).faults = faults;
    }

    /// A new connection, which holds.
    ///
    /// ```
    /// assert!(!cachefn_conformance::LocalBus::new().connect().is_lost());
    /// ```
    pub fn connect(&self) -> Connection {
        let number = lock(&self.0).connect();
        Connection { state: Arc::clone(&self.0), number }
    }

    /// Delivers one message that is on its way to somebody, or loses it there; whether there was one.
    ///
    /// ```
    /// use cachefn_conformance::{BusFaults, LocalBus};
    /// use cachefn_core::{Bus, Invalidation, Message};
    /// let bus = LocalBus::with(7, BusFaults::none().delays(1.0));
    /// let (one, _other) = (bus.connect(), bus.connect());
    /// let message = Message::new("n", 1, Invalidation::Everything);
    /// pollster::block_on(one.publish(&message)).unwrap();
    /// assert_eq!([bus.deliver(), bus.deliver(), bus.deliver()], [true, true, false]);
    /// ```
    pub fn deliver(&self) -> bool {
        let Some((number, message)) = lock(&self.0).next() else { return false };
        arrive(&self.0, number, message);
        true
    }

    /// Delivers everything that is on its way, and restores what is lost.
    ///
    /// ```
    /// let bus = cachefn_conformance::LocalBus::new();
    /// let connection = bus.connect();
    /// connection.lose();
    /// bus.settle();
    /// assert!(!connection.is_lost());
    /// ```
    pub fn settle(&self) {
        loop {
            while self.deliver() {}
            let lost = lock(&self.0).lost();
            if lost.is_empty() {
                return;
            }
            lost.into_iter().for_each(|number| restore(&self.0, number));
        }
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for LocalBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalBus").finish_non_exhaustive()
    }
}

/// How one cache, or one process, is connected to a [`LocalBus`]; clones are the same connection.
///
/// ```
/// use cachefn_conformance::LocalBus;
/// use cachefn_core::{Bus, Notice};
/// use std::sync::{Arc, Mutex};
///
/// let (connection, heard) = (LocalBus::new().connect(), Arc::new(Mutex::new(Vec::new())));
/// let told = heard.clone();
/// let _hearing = connection.subscribe(Arc::new(move |notice| told.lock().unwrap().push(notice)));
/// connection.lose();
/// connection.restore();
/// assert_eq!(*heard.lock().unwrap(), [Notice::Lost, Notice::Restored]);
/// ```
#[derive(Clone)]
pub struct Connection {
    state: Arc<Mutex<State>>,
    number: usize,
}

impl Connection {
    /// Cuts it: nothing is published or heard, and subscribers are told so.
    ///
    /// ```
    /// use cachefn_core::{Bus, Invalidation, Message};
    /// let connection = cachefn_conformance::LocalBus::new().connect();
    /// connection.lose();
    /// let message = Message::new("n", 1, Invalidation::Everything);
    /// let error = pollster::block_on(connection.publish(&message)).unwrap_err();
    /// assert!(error.is_retryable());
    /// ```
    pub fn lose(&self) {
        lose(&self.state, self.number);
    }

    /// Mends it, and tells. What was published meanwhile is never heard.
    ///
    /// ```
    /// let connection = cachefn_conformance::LocalBus::new().connect();
    /// connection.lose();
    /// connection.restore();
    /// assert!(!connection.is_lost());
    /// ```
    pub fn restore(&self) {
        restore(&self.state, self.number);
    }

    /// Whether it is cut.
    ///
    /// ```
    /// let connection = cachefn_conformance::LocalBus::new().connect();
    /// connection.lose();
    /// assert!(connection.is_lost());
    /// ```
    pub fn is_lost(&self) -> bool {
        lock(&self.state).is_lost(self.number)
    }
}

impl Bus for Connection {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let polls = lock(&self.state).polls();
            pend(polls).await;
            let arriving = lock(&self.state).send(self.number, message)?;
            arriving.into_iter().for_each(|number| arrive(&self.state, number, message.clone()));
            pend(polls).await;
            Ok(())
        })
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        let (subscriber, is_lost) = lock(&self.state).subscribe(self.number, Arc::clone(&hear));
        if is_lost {
            hear(Notice::Lost);
        }
        Box::new(Subscribed { state: Arc::clone(&self.state), number: self.number, subscriber })
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Ends a subscription when it is dropped.
struct Subscribed {
    state: Arc<Mutex<State>>,
    number: usize,
    subscriber: u64,
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        let gone = lock(&self.state).unsubscribe(self.number, self.subscriber);
        drop(gone); // after the lock
    }
}

// Nothing is locked while subscribers hear.

fn arrive(state: &Mutex<State>, number: usize, message: Message) {
    let route = lock(state).route(number);
    match route {
        Route::To(subscribers) => {
            subscribers.iter().for_each(|hear| hear(Notice::Message(message.clone())));
        }
        Route::Cut(subscribers) => subscribers.iter().for_each(|hear| hear(Notice::Lost)),
        Route::Nowhere => {}
    }
}

fn lose(state: &Mutex<State>, number: usize) {
    let subscribers = lock(state).lose(number);
    subscribers.iter().for_each(|hear| hear(Notice::Lost));
}

fn restore(state: &Mutex<State>, number: usize) {
    let subscribers = lock(state).restore(number);
    subscribers.iter().for_each(|hear| hear(Notice::Restored));
}

/// The state is whole between any two statements, so a panic elsewhere does not concern it.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
