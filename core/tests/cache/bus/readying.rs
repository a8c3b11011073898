//! When a cache hears its bus, who is told, and how a named cache lets go of it.

use super::*;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{BoxFuture, ErrorKind, Hear, NamedCache, cachefn, with_cache};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

/// A connection that is not there yet.
fn away(bus: &LocalBus) -> Connection {
    let connection = bus.connect();
    connection.lose();
    connection
}

#[test]
fn s_35_a_cache_is_ready_when_it_hears_and_keeps_what_it_loads_from_then_on() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let connection = away(&bus);
    let cache = over::<u32, u32>(&store, &clock()).bus(connection.clone()).build().unwrap();
    let mut waiting: Vec<_> = (0..3).map(|_| Task::new(cache.ready())).collect();
    assert!(waiting.iter_mut().all(|task| task.advance().is_none()));
    drop(waiting.pop()); // who gives up harms nobody
    // A load is under way at the moment at which it begins to hear.
    let load = cache.get_or_fetch(&1, async || {
        connection.restore();
        7
    });
    assert_eq!(finish(load), 7);
    assert_eq!(cache.len(), 0, "it is handed over and kept nowhere");
    for task in &mut waiting {
        assert!(task.is_woken());
        assert_eq!(task.advance(), Some(Ok(())));
    }
    assert_eq!(finish(cache.get_or_fetch(&1, async || 8)), 8);
    assert_eq!(cache.len(), 1);
    assert_eq!(finish(cache.ready()), Ok(()), "at once");
    connection.lose();
    assert!(Task::new(cache.ready()).advance().is_none(), "and not when it is lost again");
}

#[test]
fn s_35_without_a_bus_a_cache_is_ready_and_a_closed_one_never_is() {
    let (store, bus) = (Store::new(), LocalBus::new());
    assert_eq!(finish(plain(&store).ready()), Ok(()));
    let cache = over::<u32, u32>(&store, &clock()).bus(away(&bus)).build().unwrap();
    let mut waiting = Task::new(cache.ready());
    assert!(waiting.advance().is_none());
    finish(cache.close()).unwrap();
    assert_eq!(waiting.advance().unwrap().unwrap_err().kind(), ErrorKind::Config);
    let named = NamedCache::builder("n").bus(away(&bus)).build().unwrap();
    let mut waiting = Task::new(named.ready());
    assert!(waiting.advance().is_none());
    finish(named.close()).unwrap();
    assert_eq!(waiting.advance().unwrap().unwrap_err().kind(), ErrorKind::Config);
}

static CALLS: AtomicU32 = AtomicU32::new(0);

#[cachefn(cache = "n", id = "called")]
fn called(id: u32) -> u32 {
    CALLS.fetch_add(1, SeqCst);
    id
}

#[cachefn(cache = "n", id = "called later")]
fn called_later(id: u32) -> u32 {
    id
}

/// Counts who hears.
#[derive(Clone)]
struct Counting(Connection, Arc<AtomicUsize>);

struct Counted(Option<Hearing>, Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        drop(self.0.take());
        self.1.fetch_sub(1, SeqCst);
    }
}

impl Bus for Counting {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        self.0.publish(message)
    }
    fn subscribe(&self, hear: Hear) -> Hearing {
        self.1.fetch_add(1, SeqCst);
        Box::new(Counted(Some(self.0.subscribe(hear)), self.1.clone()))
    }
}

#[test]
fn s_35_a_named_cache_hears_before_its_first_function_whose_value_is_kept() {
    let bus = LocalBus::new();
    let connection = away(&bus);
    let named = NamedCache::builder("n").bus(connection.clone()).build().unwrap();
    let mut waiting = Task::new(named.ready());
    assert!(waiting.advance().is_none());
    connection.restore();
    assert_eq!(waiting.advance(), Some(Ok(())));
    with_cache("n", &named, || {
        assert_eq!(called(1), 1);
        assert_eq!(called::cache().len(), 1);
    });
    assert_eq!(finish(named.ready()), Ok(()));
}

#[test]
fn h_36_a_named_cache_that_is_closed_has_no_ears_and_its_functions_go_on_uncached() {
    let (bus, ears) = (LocalBus::new(), Arc::<AtomicUsize>::default());
    let storage = MapStorage::new();
    let builder = NamedCache::builder("n").storage(storage.clone());
    let named = builder.bus(Counting(bus.connect(), ears.clone())).build().unwrap();
    assert_eq!(ears.load(SeqCst), 1, "from the moment it is built");
    with_cache("n", &named, || {
        assert_eq!((called(7), called::cache().len()), (7, 1));
        assert_eq!(ears.load(SeqCst), 2);
        finish(named.close()).unwrap();
        assert_eq!(ears.load(SeqCst), 0);
        let before = CALLS.load(SeqCst);
        assert_eq!((called(7), called(7)), (7, 7));
        assert!(CALLS.load(SeqCst) >= before + 2, "each call runs");
        assert_eq!((called_later(8), called_later::cache().len()), (8, 0));
        assert_eq!(ears.load(SeqCst), 0, "one that was not called before has none either");
    });
    assert_eq!(finish(named.close()), Ok(()), "again, for nothing");
    for error in [finish(named.clear()), finish(named.invalidate_by_tag("t"))] {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Config);
    }
    // The storage is not closed: another cache finds what was written.
    let other = NamedCache::builder("n").storage(storage).build().unwrap();
    with_cache("n", &other, || {
        let before = called::cache().stats().storage_hits;
        assert_eq!((called(7), called::cache().stats().storage_hits), (7, before + 1));
    });
}

#[test]
fn h_36_a_storage_that_hangs_keeps_no_ear_of_a_named_cache_that_is_closed() {
    let (bus, ears) = (LocalBus::new(), Arc::<AtomicUsize>::default());
    let chaos = Chaos::new(MapStorage::new(), 1);
    let builder = NamedCache::builder("n").storage(chaos.clone());
    let named = builder.bus(Counting(bus.connect(), ears.clone())).build().unwrap();
    let cache = named.cache::<u32, u32>().unwrap();
    finish(cache.set(1, 1)).unwrap();
    assert_eq!(ears.load(SeqCst), 2);
    chaos.inject(Faults::frozen());
    let mut setting = Task::new(cache.set(2, 2));
    assert!(setting.advance().is_none());
    let mut closing = Task::new(named.close());
    let _ = closing.advance(); // whether it waits for the write or not
    assert_eq!((ears.load(SeqCst), cache.len()), (0, 0), "all is let go of at once");
}
