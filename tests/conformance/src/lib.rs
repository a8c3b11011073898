//! One call tests a [`Storage`]: every method, as its capabilities promise, with names of its own for
//! every way to fail.
//!
//! ```
//! use cachefn_conformance::{MapStorage, Options, check};
//!
//! # pollster::block_on(async {
//! // `place` is a number: a new one stands for a new, empty storage, the same one for the same again.
//! let report = check(|_place| async { Ok(MapStorage::new()) }, Options::new()).await;
//! report.assert();
//! # });
//! ```
//!
//! A storage over files opens one of the name of the place:
//!
//! ```
//! # use cachefn_conformance::{MapStorage, Options, check};
//! # use std::path::Path;
//! # struct Files;
//! # impl Files { fn open(_: &Path) -> Result<MapStorage, cachefn_core::Error> { Ok(MapStorage::new()) } }
//! # let folder = Path::new("/nowhere");
//! let open = |place: u32| {
//!     let file = folder.join(place.to_string());
//!     async move { Files::open(&file) }
//! };
//! pollster::block_on(check(open, Options::new())).assert();
//! ```
//!
//! # What it does not do
//! It brings no executor (any will drive it), waits for no time to pass, and measures nothing. It cannot
//! cut the power; that a storage survives its process, another call shows, `check_kills`, which kills one.
//!
//! # For a bus
//! [`check_bus`] is the same for a [`Bus`](cachefn_core::Bus): who hears what, and who is told of a loss.
//!
//! # For tests of caches
//! [`MapStorage`] is the reference, in memory. [`Chaos`] puts errors, delays, torn records and lost
//! answers before any storage, and counts its calls. [`LocalBus`] brings messages between the caches of a
//! process, and loses, repeats and delays them on purpose. [`LocalLeases`] say which of them makes a value.
//! [`interleaved`] runs futures in a drawn order.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod bus;
mod buses;
mod case;
mod cases;
mod chaos;
mod failure;
mod guard;
mod interleave;
#[cfg(not(target_family = "wasm"))]
mod kills;
mod leases;
mod map;
mod options;
mod random;
mod report;
mod stage;

use std::marker::PhantomData;
use std::sync::Arc;

use cachefn_core::{Error, MaybeSend, MaybeSync, Storage};

use cases::{CASES, Case};
use failure::{Failure, Verdict};
use guard::Guard;
use stage::{Open, Opener, Stage};

pub use bus::{BusFaults, Connection, LocalBus};
pub use buses::{BusOptions, check_bus};
pub use chaos::{Calls, Chaos, Faults};
pub use interleave::{interleaved, yield_now};
#[cfg(not(target_family = "wasm"))]
pub use kills::{Victim, acknowledge, check_kills};
pub use leases::{LeaseFaults, LocalLeases};
pub use map::MapStorage;
pub use options::Options;
pub use random::Random;
pub use report::{CaseEnd, Outcome, Report};

/// Runs every case that concerns the storage, each with one of its own.
///
/// `open` is asked for a place: a number that it was not asked for before stands for a new, empty
/// storage, and the same number again for the same storage, after it was closed or dropped (only if
/// [`survives`](cachefn_core::Capabilities::survives) is among its capabilities). Several places are
/// open at once only if the closure keeps them so.
///
/// The futures are driven by whoever awaits this. A future of the storage that is never ready hangs
/// it, so a test that may meet one needs a time limit.
///
/// ```
/// use cachefn_conformance::{MapStorage, Options, check};
/// let report = pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, Options::new()));
/// assert!(report.holds(), "{report}");
/// ```
pub async fn check<S, F, O>(open: F, options: Options) -> Report
where
    S: Storage,
    F: Fn(u32) -> O + MaybeSend + MaybeSync,
    O: Future<Output = Result<S, Error>> + MaybeSend,
{
    check_erased(&Opener(open, PhantomData), options).await
}

/// As [`check`], compiled once.
async fn check_erased(opener: &dyn Open, options: Options) -> Report {
    let Options { seed, only, advance } = options;
    let clock = advance.as_deref();
    let mut ends = Vec::new();
    let wanted = |case: &&Case| case.is_wanted(only.as_deref());
    let mut lacks = None;
    for (place, case) in (0..).zip(CASES.iter().filter(wanted)) {
        let known = lacks.and_then(|can| case.needs.lacks(can, clock.is_some()));
        let outcome = match known {
            Some(reason) => Outcome::NotTried(reason),
            None => match Stage::open(opener, place, seed, clock).await {
                Err(error) => {
                    Outcome::Failed(format!("open: expected a storage, got the error {error}"))
                }
                Ok(stage) => {
                    lacks = Some(stage.capabilities);
                    run(case, stage).await
                }
            },
        };
        ends.push(CaseEnd { name: case.name, rule: case.rule, outcome });
    }
    Report { seed, ends }
}

async fn run(case: &Case, mut stage: Stage<'_>) -> Outcome {
    if let Some(reason) = case.needs.lacks(stage.capabilities, stage.has_clock()) {
        return Outcome::NotTried(reason);
    }
    let guard = Guard {
        is_immediate: stage.capabilities.is_immediate,
        is_opening: Arc::clone(&stage.is_opening),
        case: (case.run)(&mut stage),
    };
    let verdict: Verdict = guard.await;
    match verdict {
        Ok(()) => Outcome::Held,
        Err(Failure(words)) => Outcome::Failed(words),
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
const _: () = {
    const fn is_send<T: Send>(_: &T) {}
    #[allow(dead_code, reason = "that it compiles is all that is asked")]
    fn a_check_can_be_spawned(opener: &dyn Open, options: Options, clock: &dyn options::Advance) {
        is_send(&check_erased(opener, options));
        is_send(&Stage::open(opener, 0, 0, Some(clock)));
    }
};
