//! The suite that every storage passes, over the storage that `cachefn` has.

use cachefn::ManualClock;
use cachefn::rocksdb::RocksDbStorage;
use cachefn_conformance::{Options, check};

use crate::support::Place;

#[tokio::test]
async fn the_storage_under_the_name_of_cachefn_passes_the_suite() {
    let (place, clock) = (Place::new(), ManualClock::new());
    let moved = clock.clone();
    let open = |number: u32| {
        let path = place.path(&number.to_string());
        let builder = RocksDbStorage::builder(path).clock(clock.clone());
        async move { builder.build() }
    };
    let report = check(open, Options::new().advance(move |by| moved.advance(by))).await;
    println!("{report}");
    report.assert();
}
