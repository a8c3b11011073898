//! The suite that every storage passes, on three executors.

mod common;

use cachefn_conformance::{Options, Report, check};
use cachefn_core::ManualClock;
use cachefn_rocksdb::RocksDbStorage;
use common::Folder;

/// Every case, each with a folder of its own.
async fn checked() -> Report {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let moved = clock.clone();
    let open = |place: u32| {
        let path = folder.0.path().join(place.to_string());
        let builder = RocksDbStorage::builder(path).clock(clock.clone());
        async move { builder.build() }
    };
    check(open, Options::new().advance(move |by| moved.advance(by))).await
}

#[test]
fn the_database_passes_the_suite_on_tokio() {
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let report = runtime.block_on(checked());
    println!("{report}");
    report.assert();
}

#[test]
fn the_database_passes_the_suite_on_smol() {
    smol::block_on(checked()).assert();
}

#[test]
fn the_database_passes_the_suite_without_an_executor() {
    pollster::block_on(checked()).assert();
}
