//! The bus of one process conforms, and so does one that repeats, delays and reorders.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cachefn_conformance::{
    BusFaults, BusOptions, Connection, LocalBus, Outcome, Report, check_bus,
};
use cachefn_core::Error;

/// Every bus of a check, with its connections.
#[derive(Default)]
pub(crate) struct Places(Mutex<BTreeMap<u32, (LocalBus, Vec<Connection>)>>);

impl Places {
    pub(crate) fn connect(&self, place: u32, open: impl FnOnce() -> LocalBus) -> Connection {
        let mut places = self.0.lock().unwrap();
        let (bus, connections) = places.entry(place).or_insert_with(|| (open(), Vec::new()));
        let connection = bus.connect();
        connections.push(connection.clone());
        connection
    }

    pub(crate) fn lose(&self, place: u32) {
        self.each(place, Connection::lose);
    }

    pub(crate) fn mend(&self, place: u32) {
        self.each(place, Connection::restore);
    }

    fn each(&self, place: u32, act: impl Fn(&Connection)) {
        let connections = self.0.lock().unwrap()[&place].1.clone();
        connections.iter().for_each(act);
    }
}

/// Options that try all cases.
pub(crate) fn all_cases(places: &Arc<Places>) -> BusOptions {
    let (losing, mending) = (places.clone(), places.clone());
    let breaks = BusOptions::new().in_order();
    breaks.breaks(move |place| losing.lose(place), move |place| mending.mend(place))
}

async fn checked(seed: u64) -> Report {
    let places = Arc::<Places>::default();
    let options = all_cases(&places).seed(seed);
    let connect = |place| {
        let connection = places.connect(place, LocalBus::new);
        async { Ok::<_, Error>(connection) }
    };
    check_bus(connect, options).await
}

#[test]
fn s_35_the_bus_of_one_process_conforms_without_an_executor() {
    for seed in 0..4 {
        let report = pollster::block_on(checked(seed));
        report.assert();
        assert!(report.cases().iter().all(|case| case.outcome == Outcome::Held), "{report}");
    }
}

#[test]
fn s_35_the_bus_of_one_process_conforms_on_tokio_and_on_smol() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async { tokio::spawn(checked(0)).await.unwrap().assert() });
    smol::block_on(async { smol::spawn(checked(0)).await.assert() });
}

#[test]
fn s_35_a_bus_that_repeats_conforms() {
    let places = Places::default();
    for seed in 0..4 {
        let connect = |place| {
            let faults = BusFaults::none().repeats(0.5);
            let connection = places.connect(place, || LocalBus::with(seed, faults));
            async { Ok::<_, Error>(connection) }
        };
        pollster::block_on(check_bus(connect, BusOptions::new().seed(seed))).assert();
    }
}

#[test]
fn what_the_options_say_nothing_of_is_not_tried() {
    let places = Places::default();
    let connect = |place| {
        let connection = places.connect(place, LocalBus::new);
        async { Ok::<_, Error>(connection) }
    };
    let report = pollster::block_on(check_bus(connect, BusOptions::new()));
    report.assert();
    let not_tried = |outcome: &Outcome| matches!(outcome, Outcome::NotTried(_));
    let left = report.cases().iter().filter(|case| not_tried(&case.outcome));
    let names: Vec<&str> = left.map(|case| case.name).collect();
    assert_eq!(names.len(), 5, "the order and four cases of losses: {names:?}");
}

#[test]
fn a_bus_that_cannot_be_opened_fails_every_case() {
    let connect = |_| async { Err::<Connection, _>(Error::unavailable("connect", "nobody there")) };
    let report = pollster::block_on(check_bus(connect, BusOptions::new().only("_hear")));
    assert!(!report.holds());
    let text = report.to_string();
    assert!(text.contains("expected a connection, got the error connect: nobody there"), "{text}");
}
