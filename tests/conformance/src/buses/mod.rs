//! One call tests a bus: who hears what, and who is told that something may have been missed.

mod cases;
mod ear;
mod hearing;
mod losing;
mod options;
mod stage;
mod telling;

use std::marker::PhantomData;
use std::sync::Arc;

use cachefn_core::{Bus, Error, MaybeSend, MaybeSync};

use crate::failure::Failure;
use crate::guard::Guard;
use crate::report::{CaseEnd, Outcome, Report};
use cases::{CASES, Case};
use stage::{BusStage, Connect, Connector};

pub use options::BusOptions;

/// Runs every case that concerns the bus, each with one of its own.
///
/// `connect` is asked for a place: each time it is asked for the same number it gives one more connection to the
/// same bus, as another process would have it, and for another number one to a bus that hears nothing of
/// the first. What was opened is dropped at the end of its case.
///
/// A bus on which messages need time to arrive needs a [`runtime`](BusOptions::runtime), by which it is known
/// how long to wait; without one, what has not arrived after some dozens of polls never does.
///
/// ```
/// use cachefn_conformance::{BusOptions, LocalBus, check_bus};
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
///
/// let places = Mutex::new(BTreeMap::<u32, LocalBus>::new());
/// let connect = |place| {
///     let connection = places.lock().unwrap().entry(place).or_default().connect();
///     async { Ok(connection) }
/// };
/// pollster::block_on(check_bus(connect, BusOptions::new())).assert();
/// ```
pub async fn check_bus<B, F, O>(connect: F, options: BusOptions) -> Report
where
    B: Bus,
    F: Fn(u32) -> O + MaybeSend + MaybeSync,
    O: Future<Output = Result<B, Error>> + MaybeSend,
{
    check_erased(&Connector(connect, PhantomData), options).await
}

/// As [`check_bus`], compiled once.
async fn check_erased(connector: &dyn Connect, options: BusOptions) -> Report {
    let wanted = |case: &&Case| case.is_wanted(options.only.as_deref());
    let mut ends = Vec::new();
    for (place, case) in (0..).zip(CASES.iter().filter(wanted)) {
        let outcome = match case.needs.lacks(&options) {
            Some(reason) => Outcome::NotTried(reason),
            None => run(case, BusStage { connector, place, options: &options }).await,
        };
        ends.push(CaseEnd { name: case.name, rule: case.rule, outcome });
    }
    Report { seed: options.seed, ends }
}

async fn run(case: &Case, stage: BusStage<'_>) -> Outcome {
    let case = (case.run)(&stage);
    let guard = Guard { is_immediate: false, is_opening: Arc::default(), case };
    match guard.await {
        Ok(()) => Outcome::Held,
        Err(Failure(words)) => Outcome::Failed(words),
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
const _: () = {
    const fn is_send<T: Send>(_: &T) {}
    #[allow(dead_code, reason = "that it compiles is all that is asked")]
    fn a_check_can_be_spawned(connector: &dyn Connect, options: BusOptions) {
        is_send(&check_erased(connector, options));
    }
};
