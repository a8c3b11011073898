//! The reference conforms, whoever drives it, and so do its pendings and the least of storages.

use cachefn_conformance::{Chaos, Faults, MapStorage, Options, Outcome, Report, check};
use cachefn_core::ManualClock;

mod least;

#[test]
fn the_reference_conforms_without_an_executor() {
    for seed in 0..8 {
        let report = pollster::block_on(reference(seed));
        report.assert();
        println!("{report}");
    }
}

#[test]
fn the_reference_conforms_without_a_clock() {
    pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, Options::new())).assert();
}

#[test]
fn three_methods_and_the_defaults_conform() {
    let open = |_| async { Ok(least::Least::default()) };
    let report = pollster::block_on(check(open, Options::new()));
    report.assert();
    let refuses = |case: &&cachefn_conformance::CaseEnd| case.name.contains("cannot_list");
    let case = report.cases().iter().find(refuses).expect("the case is in the list");
    assert_eq!(case.outcome, Outcome::Held);
}

#[test]
fn h_32_storages_that_pend_conform_in_many_orders() {
    for seed in 0..orders() {
        pollster::block_on(pending(seed, 0.7)).assert();
        let open = |_| async move {
            Ok(Chaos::new(least::Least::default(), seed).with(Faults::none().delays(0.5, 5)))
        };
        pollster::block_on(check(open, Options::new().seed(seed))).assert();
    }
}

#[cfg(not(target_family = "wasm"))]
#[test]
fn the_reference_conforms_on_tokio() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        tokio::spawn(reference(0)).await.unwrap().assert();
        tokio::spawn(pending(0, 1.0)).await.unwrap().assert();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(reference(0)).assert();
}

#[cfg(not(target_family = "wasm"))]
#[test]
fn the_reference_conforms_on_smol() {
    smol::block_on(async {
        smol::spawn(reference(0)).await.assert();
        smol::spawn(pending(0, 1.0)).await.assert();
    });
}

fn orders() -> u64 {
    match std::env::var_os("CACHEFN_LONG") {
        Some(_) => 100,
        None if cfg!(target_family = "wasm") => 2,
        None => 8,
    }
}

async fn reference(seed: u64) -> Report {
    let clock = ManualClock::new();
    let moved = clock.clone();
    let open = move |_| {
        let storage = MapStorage::with_clock(clock.clone());
        async { Ok(storage) }
    };
    check(open, Options::new().seed(seed).advance(move |by| moved.advance(by))).await
}

async fn pending(seed: u64, delays: f64) -> Report {
    let clock = ManualClock::new();
    let moved = clock.clone();
    let open = move |place| {
        let map = MapStorage::with_clock(clock.clone());
        let faults = Faults::none().delays(delays, 4);
        async move { Ok(Chaos::new(map, seed ^ u64::from(place)).with(faults)) }
    };
    check(open, Options::new().seed(seed).advance(move |by| moved.advance(by))).await
}
