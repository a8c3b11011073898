//! The suite for storages, over each of those in browsers.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cachefn_conformance::{Options, Report, check};
use cachefn_core::ManualClock;
use cachefn_wasm::WebStorage;

use crate::browser;
use crate::test::{Test, Verdict, holds, tests};

pub(crate) const EVERYWHERE: &[Test] = tests![indexed_db_holds_what_storages_promise];
pub(crate) const IN_A_WINDOW: &[Test] =
    tests![local_storage_holds_what_storages_promise, session_storage_holds_what_storages_promise];

async fn indexed_db_holds_what_storages_promise() -> Verdict {
    let clock = ManualClock::new();
    let moved = clock.clone();
    let seen: Rc<Cell<BTreeSet<u32>>> = Rc::default();
    let run = run();
    let open = |place: u32| {
        let name = format!("conformance-{run}-{place}");
        let storage = browser::patient().database(&*name).clock(clock.clone()).build();
        let mut places = seen.take();
        places.insert(place);
        seen.set(places);
        async move { Ok(storage) }
    };
    let report = check(open, Options::new().advance(move |by| moved.advance(by))).await;
    for place in seen.take() {
        let name = format!("conformance-{run}-{place}");
        holds(browser::delete(&name).await, || format!("{name} could not be deleted"))?;
    }
    all_held(report, MOST_CASES - 1) // it takes names and records larger than a test should make
}

async fn local_storage_holds_what_storages_promise() -> Verdict {
    web_storage(WebStorage::local, browser::local_storage).await
}

async fn session_storage_holds_what_storages_promise() -> Verdict {
    web_storage(WebStorage::session, browser::session_storage).await
}

/// There is little room, so each case begins with none of what those before it left.
async fn web_storage(storage: fn() -> WebStorage, raw: fn() -> web_sys::Storage) -> Verdict {
    let last = Cell::new(None);
    let open = |place: u32| {
        let is_new_case = place < u32::MAX / 2 && last.replace(Some(place)) != Some(place);
        if is_new_case {
            raw().clear().expect("a test may clear its own site");
        }
        let storage = storage().with_prefix(&format!("place-{place}:"));
        async move { storage }
    };
    let report = check(open, Options::new()).await;
    raw().clear().expect("a test may clear its own site");
    all_held(report, MOST_CASES - 10)
}

/// A suite that tries little proves little.
fn all_held(report: Report, least: usize) -> Verdict {
    let held = report
        .cases()
        .iter()
        .filter(|case| matches!(case.outcome, cachefn_conformance::Outcome::Held));
    let held = held.count();
    browser::tell(&format!("{held} of {} cases: {report}", report.cases().len()));
    holds(report.holds() && held >= least, || format!("{held} held: {report}"))
}

/// A page and its worker have the same databases.
fn run() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

const MOST_CASES: usize = 45;
