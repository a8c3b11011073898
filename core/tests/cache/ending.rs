//! Flushing, closing, and what a closed cache still does.

use cachefn_core::ErrorKind;
use futures_channel::oneshot;

use crate::support::*;

#[test]
fn close_waits_for_the_writes_under_way_and_lets_go_of_the_storage() {
    let store = Store::new();
    store.pauses(2);
    let cache = plain(&store);
    let mut set = Task::new(cache.set(1, 5));
    set.poll_times(8);
    let mut close = Task::new(cache.close());
    assert!(close.advance().is_none(), "a write is under way");
    assert!(set.advance().unwrap().is_ok());
    close.finish().unwrap();
    assert_eq!(store.calls().last().unwrap(), "close");
    store.pauses(0);
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(5));
}

#[test]
fn a_closed_cache_runs_cached_functions_uncached_and_refuses_everything_else() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set(1, 5)).unwrap();
    finish(cache.close()).unwrap();
    finish(cache.close()).unwrap();
    store.calls();
    assert_eq!(finish(cache.get_or_fetch(&1, async || 6)), 6);
    assert_eq!(finish(cache.get_or_fetch(&1, async || 7)), 7, "nothing is kept");
    assert_eq!(finish(cache.get_or_fetch_shared(&2, || async { 7 })), 7);
    assert_eq!(finish(cache.set(3, 1)).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(finish(cache.get(&4)).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(finish(cache.delete(&1)).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(store.calls(), [""; 0], "the storage is not asked any more");
}

#[test]
fn a_load_that_ends_after_close_writes_nothing() {
    let store = Store::new();
    let cache = plain(&store);
    let (answer, asked) = oneshot::channel();
    let mut load = Task::new(cache.get_or_fetch(&1, async || asked.await.unwrap()));
    assert!(load.advance().is_none());
    finish(cache.close()).unwrap();
    store.calls();
    answer.send(5).unwrap();
    assert_eq!(load.finish(), 5);
    assert_eq!((store.calls(), store.has("c:1")), (vec![], false));
}

#[test]
fn flush_waits_for_the_writes_under_way() {
    let store = Store::new();
    store.pauses(2);
    let cache = plain(&store);
    let mut set = Task::new(cache.set(1, 5));
    set.poll_times(8);
    let mut flush = Task::new(cache.flush());
    assert!(flush.advance().is_none());
    set.advance().unwrap().unwrap();
    flush.finish().unwrap();
    assert_eq!(store.calls().last().unwrap(), "flush");
}
