//! A suite is worth what it finds: each mistake that storages make fails the case that looks for it, and
//! no case is there that no mistake fails.
#![cfg(not(target_family = "wasm"))] // a panic would end all

mod in_memory;
mod on_disk;

use std::collections::BTreeSet;

use cachefn_conformance::{CaseEnd, Outcome, Report};

/// What became of a storage with a mistake.
pub(crate) struct Found {
    mistake: String,
    case: &'static str,
    reports: Vec<Report>,
}

#[test]
fn each_mistake_is_found_by_the_case_that_looks_for_it_and_no_case_is_idle() {
    let all: Vec<Found> = in_memory::all().into_iter().chain(on_disk::all()).collect();
    let failed = |report: &Report| -> BTreeSet<&str> {
        let failed = |end: &&CaseEnd| matches!(end.outcome, Outcome::Failed(_));
        report.cases().iter().filter(failed).map(|end| end.name).collect()
    };
    let missed: Vec<String> = all
        .iter()
        .filter(|found| !found.reports.iter().all(|report| failed(report).contains(found.case)))
        .map(|found| format!("{}: not by {}", found.mistake, found.case))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    let reports: Vec<&Report> = all.iter().flat_map(|found| &found.reports).collect();
    let names: BTreeSet<&str> = reports[0].cases().iter().map(|end| end.name).collect();
    let useful: BTreeSet<&str> = reports.into_iter().flat_map(failed).collect();
    let idle: Vec<&&str> = names.difference(&useful).collect();
    assert!(idle.is_empty(), "nothing fails {idle:#?}");
}
