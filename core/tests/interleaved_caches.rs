//! Two caches on a bus under threads, in thousands of orders of their steps, drawn by a scheduler.
//!
//! `cargo xtask test --long shuttle` runs it, as it does `interleavings.rs`. A failure prints the
//! schedule.

#![cfg(shuttle)]

#[path = "support/orders.rs"]
mod orders;

use std::time::Duration;

use cachefn_conformance::{Connection, LocalBus, MapStorage};
use cachefn_core::{Cache, ManualClock, Postcard};
use orders::{orders, try_orders};
use shuttle::future::block_on;
use shuttle::thread::{self, JoinHandle};

type Numbers = Cache<u32, u32>;

fn in_many_orders(test: impl Fn() + Send + Sync + Clone + 'static) {
    try_orders(orders(1_000, 20_000), test);
}

/// Two caches, and the connection of the second.
fn two(stale_while_lost: Duration) -> (Numbers, Numbers, Connection) {
    let (storage, bus) = (MapStorage::new(), LocalBus::new());
    let connection = bus.connect();
    let open = |connection: Connection| {
        let builder = Cache::builder("c").storage(storage.clone()).codec(Postcard).seed(1);
        let builder = builder.max_entries(4).clock(ManualClock::new()).bus(connection);
        builder.stale_while_lost(stale_while_lost).build().expect("sound settings")
    };
    (open(bus.connect()), open(connection.clone()), connection)
}

/// Starts a thread that works with the cache.
fn with<T: Send + 'static>(
    cache: &Numbers,
    work: impl FnOnce(Numbers) -> T + Send + 'static,
) -> JoinHandle<T> {
    let cache = cache.clone();
    thread::spawn(move || work(cache))
}

#[test]
fn s_18_a_message_and_a_promotion_leave_the_newer_value_in_any_order() {
    in_many_orders(|| {
        let (here, there, _) = two(Duration::ZERO);
        block_on(here.set(1, 1)).unwrap();
        let writer = with(&here, |cache| block_on(cache.set(1, 2)).unwrap());
        let reader = with(&there, |cache| block_on(cache.get(&1)).unwrap());
        writer.join().unwrap();
        assert!(matches!(reader.join().unwrap(), Some(1 | 2)));
        assert_eq!(block_on(there.get(&1)), Ok(Some(2)));
    });
}

#[test]
fn h_38_two_who_write_one_key_agree_at_last() {
    in_many_orders(|| {
        let (here, there, _) = two(Duration::ZERO);
        let writers = [
            with(&here, |cache| block_on(cache.set(1, 1)).unwrap()),
            with(&there, |cache| block_on(cache.set(1, 2)).unwrap()),
            with(&there, |cache| _ = block_on(cache.update(1, |_| Some(3))).unwrap()),
        ];
        writers.into_iter().for_each(|one| one.join().unwrap());
        assert_eq!(block_on(here.get(&1)), block_on(there.get(&1)));
        assert!(block_on(here.get(&1)).unwrap().is_some());
    });
}

#[test]
fn s_28_a_write_and_the_removal_of_everything_elsewhere_agree_at_last() {
    in_many_orders(|| {
        let (here, there, _) = two(Duration::ZERO);
        let clearer = with(&here, |cache| block_on(cache.clear()).unwrap());
        let writer = with(&there, |cache| block_on(cache.set(1, 2)).unwrap());
        clearer.join().unwrap();
        writer.join().unwrap();
        assert_eq!(block_on(here.get(&1)), block_on(there.get(&1)));
    });
}

#[test]
fn s_35_what_is_read_while_the_connection_comes_back_is_not_old_afterwards() {
    for bound in [Duration::ZERO, Duration::MAX] {
        in_many_orders(move || {
            let (here, there, connection) = two(bound);
            block_on(there.set(1, 1)).unwrap();
            connection.lose();
            let writer = with(&here, |cache| block_on(cache.set(1, 2)).unwrap());
            let reader = with(&there, |cache| block_on(cache.get(&1)).unwrap());
            writer.join().unwrap();
            let again = with(&there, |cache| block_on(cache.get(&1)).unwrap());
            connection.restore();
            assert!(matches!(reader.join().unwrap(), Some(1 | 2)));
            assert!(matches!(again.join().unwrap(), Some(1 | 2)));
            assert_eq!(block_on(there.get(&1)), Ok(Some(2)));
        });
    }
}
