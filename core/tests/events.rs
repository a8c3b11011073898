//! Listeners: told outside all locks, in order, and unable to harm the cache.

use std::sync::{Arc, Mutex};

use cachefn_core::{Event, EventKind, MemoryCache, unsync};

type Heard = Mutex<Vec<(EventKind, Option<u32>)>>;

fn kinds(events: &Heard) -> Vec<(EventKind, Option<u32>)> {
    std::mem::take(&mut *events.lock().expect("no panic while it is held"))
}

fn recorder(events: &Arc<Heard>) -> impl Fn(&Event<u32>) + Send + Sync + 'static {
    let events = events.clone();
    move |event| events.lock().expect("no panic while it is held").push((event.kind, event.key))
}

#[test]
fn s_33_a_listener_that_panics_harms_neither_callers_nor_other_listeners() {
    let cache = MemoryCache::<u32, u32>::builder().build().expect("valid");
    let events = Arc::default();
    let _angry = cache.subscribe(|_| panic!("a listener gives up"));
    let _calm = cache.subscribe(recorder(&events));
    cache.set(1, 1).expect("memory");
    assert_eq!(cache.get(&1), Some(1));
    let expected = [(EventKind::Set, Some(1)), (EventKind::Hit, Some(1))];
    assert_eq!(kinds(&events), expected);
}

#[test]
fn h_25_a_listener_may_use_the_cache_and_hears_of_that_afterwards() {
    let cache = Arc::new(MemoryCache::<u32, u32>::builder().build().expect("valid"));
    let events = Arc::default();
    let _records = cache.subscribe(recorder(&events));
    let _deletes = cache.subscribe({
        let cache = Arc::downgrade(&cache);
        move |event| {
            if let (EventKind::Set, Some(key), Some(cache)) =
                (event.kind, event.key, cache.upgrade())
            {
                cache.delete(&key);
            }
        }
    });
    cache.set(1, 1).expect("memory");
    assert_eq!(kinds(&events), [(EventKind::Set, Some(1)), (EventKind::Delete, Some(1))]);
    assert!(cache.is_empty());
}

#[test]
fn a_subscription_ends_when_it_is_dropped() {
    let cache = MemoryCache::<u32, u32>::builder().build().expect("valid");
    let events = Arc::default();
    let subscription = cache.subscribe(recorder(&events));
    cache.get(&1);
    drop(subscription);
    cache.get(&2);
    assert_eq!(kinds(&events), [(EventKind::Miss, Some(1))]);

    let mut cache = unsync::MemoryCache::<u32, u32>::builder().build().expect("valid");
    let subscription = cache.subscribe(recorder(&events));
    cache.get(&1);
    drop(subscription);
    cache.get(&2);
    assert_eq!(kinds(&events), [(EventKind::Miss, Some(1))]);
}

#[test]
fn events_of_one_key_come_in_the_order_of_their_effects_whatever_the_threads_do() {
    let cache = MemoryCache::<u32, u32>::builder().build().expect("valid");
    let events = Arc::default();
    let subscription = cache.subscribe(recorder(&events));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2_000 {
                    cache.set(1, 1).expect("memory");
                    cache.delete(&1);
                }
            });
        }
    });
    // Whoever delivers last may be another thread; all have ended, so one call more empties the queue.
    cache.get(&2);
    drop(subscription);
    let mut present = false;
    let mut sets = 0;
    for (kind, _) in kinds(&events) {
        match kind {
            EventKind::Set => (present, sets) = (true, sets + 1),
            EventKind::Delete => {
                assert!(present, "deleted before it was set");
                present = false;
            }
            _ => {}
        }
    }
    assert_eq!(sets, 8_000);
}
