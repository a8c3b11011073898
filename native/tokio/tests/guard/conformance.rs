//! A guarded storage is a storage.

use cachefn_conformance::{Chaos, MapStorage, Options, Report, check};
use cachefn_core::ManualClock;
use cachefn_tokio::Guarded;

use crate::support::*;

/// Every case over a storage in memory, whose futures are ready at once.
async fn checked() -> Report {
    let clock = ManualClock::new();
    let open = |_| {
        let storage = Chaos::new(MapStorage::with_clock(clock.clone()), 1);
        async { Ok(Guarded::new(storage, Manual::default())) }
    };
    let moved = clock.clone();
    check(open, Options::new().advance(move |by| moved.advance(by))).await
}

#[test]
fn a_guarded_storage_passes_the_suite_on_every_executor() {
    pollster::block_on(checked()).assert();
    smol::block_on(checked()).assert();
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    tokio.block_on(checked()).assert();
}
