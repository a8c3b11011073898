//! Functions of named caches on a bus.

use super::*;
use cachefn_conformance::MapStorage;
use cachefn_core::{NamedCache, cachefn, with_cache, with_cache_async};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

fn process(storage: &MapStorage, bus: &LocalBus) -> NamedCache {
    NamedCache::builder("n").storage(storage.clone()).bus(bus.connect()).build().unwrap()
}

static NOW: AtomicU32 = AtomicU32::new(0);

#[cachefn(cache = "n", id = "one", tags = ["t:{id}"])]
async fn one(id: u32, area: &str) -> u32 {
    let _ = (id, area);
    NOW.load(SeqCst)
}

#[cachefn(cache = "n", id = "other")]
fn other(id: u32) -> u32 {
    let _ = id;
    NOW.load(SeqCst)
}

/// What two processes see of both functions.
fn seen(processes: &[NamedCache; 2]) -> Vec<[u32; 2]> {
    let see = |process| {
        with_cache("n", process, || {
            [finish(with_cache_async("n", process, one(7, "eu"))), other(7)]
        })
    };
    processes.iter().map(see).collect()
}

#[test]
fn s_35_functions_of_a_named_cache_tell_their_like_in_other_processes() {
    let (storage, bus) = (MapStorage::new(), LocalBus::new());
    let processes = [process(&storage, &bus), process(&storage, &bus)];
    let first = |call: &dyn Fn()| with_cache("n", &processes[0], call);
    NOW.store(1, SeqCst);
    assert_eq!(seen(&processes), [[1, 1], [1, 1]]);
    NOW.store(2, SeqCst);
    assert_eq!(seen(&processes), [[1, 1], [1, 1]]);
    // What is made anew is told, in asynchronous functions and in others.
    first(&|| ignore(finish(one::refresh(7, "eu"))));
    assert_eq!(seen(&processes), [[2, 1], [2, 1]]);
    first(&|| ignore(other::refresh(7)));
    assert_eq!(seen(&processes), [[2, 2], [2, 2]]);
    NOW.store(3, SeqCst);
    finish(processes[0].invalidate_by_tag("t:7")).unwrap();
    assert_eq!(seen(&processes), [[3, 2], [3, 2]]);
    NOW.store(4, SeqCst);
    first(&|| ignore(finish(one::cache().delete(&one::key(7, "eu"))).unwrap()));
    assert_eq!(seen(&processes), [[4, 2], [4, 2]]);
    NOW.store(5, SeqCst);
    finish(processes[0].clear()).unwrap();
    assert_eq!(seen(&processes), [[5, 5], [5, 5]]);
}

#[test]
fn s_31_clear_reaches_functions_that_only_other_processes_have_called() {
    let (storage, bus) = (MapStorage::new(), LocalBus::new());
    let processes = [process(&storage, &bus), process(&storage, &bus)];
    let call = || with_cache("n", &processes[1], || (other::cache().len(), other(8)));
    call();
    assert_eq!(call().0, 1);
    finish(processes[0].clear()).unwrap();
    assert_eq!(call().0, 0);
    let tags = NamedCache::builder("n").bus(bus.connect()).build().unwrap();
    let ear = Ear::on(&bus);
    finish(tags.invalidate_by_tag("t:7")).unwrap();
    assert_eq!(ear.take().len(), 1, "without a storage, too, and before a function was called");
}

#[test]
fn h_39_a_bound_without_a_bus_is_an_error_and_a_named_cache_connects_once_when_it_is_built() {
    let error = NamedCache::builder("n").stale_while_lost(ms(1)).build().unwrap_err();
    assert_eq!(error.to_string(), "build: stale_while_lost needs a bus, which could be lost");
    let connected = Arc::new(AtomicU32::new(0));
    struct Counting(Arc<AtomicU32>);
    impl Bus for Counting {
        fn publish<'a>(&'a self, _: &'a Message) -> cachefn_core::BoxFuture<'a, Result<(), Error>> {
            Box::pin(async { Ok(()) })
        }
        fn subscribe(&self, _: cachefn_core::Hear) -> Hearing {
            self.0.fetch_add(1, SeqCst);
            Box::new(())
        }
    }
    let builder = NamedCache::builder("n").bus(Counting(connected.clone()));
    let cache = builder.stale_while_lost(ms(1)).build().unwrap();
    assert_eq!(connected.load(SeqCst), 1, "the settings are checked without it");
    drop(cache.cache::<u32, u32>().unwrap());
    assert_eq!(connected.load(SeqCst), 2);
}
