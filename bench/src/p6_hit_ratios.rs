//! P6: hit ratios of every cache on the same requests, beside the best that is possible.

use std::path::PathBuf;

use serde_json::json;

use crate::bars::{Bar, Limit};
use crate::peers::{self, named, policies};
use crate::ratios::{OPTIMUM, Ratios, mean};
use crate::report::Section;
use crate::table::Table;
use crate::workload::{Workload, pairs};
use crate::{curves, generated, identifiers, traces};

/// # Errors
/// Traces were found, but one of them cannot be read.
pub fn run(seed: u64, quick: bool, folder: Option<PathBuf>) -> Result<Section, String> {
    let kinds = peers::bounded();
    let mut workloads = generated::workloads(seed);
    match identifiers::workload() {
        Some(workload) => workloads.push(workload),
        None => eprintln!("P6: no identifiers (`cargo xtask demo` writes them)"),
    }
    let ratios = Ratios::measure(&workloads, &kinds);
    let mut section = Section::new(json!({ "generated": ratios.figures() }));
    section.tables = vec![by_workload(&ratios, &workloads)];
    match traces::folder(folder) {
        Some(folder) => {
            workloads = traces::read(&folder)?;
            let ratios = Ratios::measure(&workloads, &kinds);
            section.tables.extend([by_size(&ratios, &workloads), by_policy(&ratios)]);
            section.bars = bars(&ratios);
            section.figures["traces"] = ratios.figures();
            section.plots = curves::plots("", workloads, quick);
        }
        None => {
            eprintln!(
                "P6: no traces (set CACHEFN_TRACES to their folder): generated requests only"
            );
            section.plots = curves::plots("generated ", workloads, quick);
        }
    }
    Ok(section)
}

fn by_workload(ratios: &Ratios, workloads: &[Workload]) -> Table {
    let names = workloads.iter().map(|workload| workload.name.as_str());
    let title = "P6  hit ratios, generated requests, mean of 0.1 / 1 / 10 % of the keys";
    let mut table = Table::new(title, ["hit ratio, %"].into_iter().chain(names).chain(["mean"]));
    for (name, row) in &ratios.rows {
        let mut cells = vec![name.clone()];
        let mut rest = &row[..];
        for workload in workloads {
            let (own, others) = rest.split_at(workload.capacities.len());
            cells.push(format!("{:.2}", mean(own)));
            rest = others;
        }
        cells.push(format!("{:.2}", mean(row)));
        table.row(cells);
    }
    table
}

fn by_size(ratios: &Ratios, workloads: &[Workload]) -> Table {
    let share =
        |(workload, capacity): (&Workload, usize)| capacity as f64 / workload.unique() as f64;
    let shares: Vec<f64> = pairs(workloads).map(share).collect();
    let title = format!("P6  hit ratios, means over {} pairs of trace and capacity", shares.len());
    let classes = CLASSES.map(|(label, _)| label);
    let mut table =
        Table::new(title, ["hit ratio, %"].iter().chain(&classes).chain(&["all"]).copied());
    for (name, row) in &ratios.rows {
        let mut cells = vec![name.clone()];
        let mut least = 0.0;
        for (_, most) in CLASSES {
            let own = shares.iter().zip(row).filter(|(share, _)| (least..most).contains(*share));
            cells.push(format!("{:.2}", mean(&own.map(|(_, ratio)| *ratio).collect::<Vec<_>>())));
            least = most;
        }
        cells.push(format!("{:.2}", mean(row)));
        table.row(cells);
    }
    table
}

/// Every policy beside what an independent simulation of it reached, and the libraries beside what
/// they reached there.
fn by_policy(ratios: &Ratios) -> Table {
    let title = format!("P6  policies beside their references, at most {MOST_AWAY} points away");
    let head = ["policy", "measured", "reference", "difference", ""];
    let mut table = Table::new(title, head);
    for (name, reference, bar) in references() {
        let measured = ratios.mean_of(&name);
        if measured.is_nan() {
            continue;
        }
        let away = measured - reference;
        let verdict = match (bar, away.abs() <= MOST_AWAY) {
            (false, _) => "",
            (true, true) => "met",
            (true, false) => "MISSED",
        };
        let figures = [format!("{measured:.2}"), format!("{reference:.2}"), format!("{away:+.2}")];
        table.row([name].into_iter().chain(figures).chain([verdict.into()]));
    }
    table
}

fn bars(ratios: &Ratios) -> Vec<Bar> {
    let default = [(peers::unsync_name(), 40.0), (peers::default_name(), 39.7)];
    let default = default.into_iter().map(|(name, least)| Bar {
        id: "P6",
        measured: ratios.mean_of(&name),
        what: format!("mean hit ratio, {name}, %"),
        limit: Limit::AtLeast(least),
    });
    let named = references().into_iter().filter(|(_, _, bar)| *bar).map(|(name, reference, _)| {
        let away = (ratios.mean_of(&name) - reference).abs();
        Bar::at_most("P6", format!("{name}, points away from its reference"), away, MOST_AWAY)
    });
    default.chain(named).collect()
}

/// Names with the mean hit ratio of the reference, and whether it is a bar.
fn references() -> Vec<(String, f64, bool)> {
    let own = policies().into_iter().filter_map(|policy| {
        let (_, reference) = POLICIES.iter().find(|(name, _)| *name == policy.as_str())?;
        Some((named(policy, " unsync"), *reference, true))
    });
    let others = LIBRARIES.map(|(name, reference)| (name.to_string(), reference, false));
    own.chain(others).collect()
}

const POLICIES: [(&str, f64); 6] = [
    ("adaptive", 40.42),
    ("s3-fifo", 37.64),
    ("w-tinylfu", 38.68),
    ("sieve", 32.75),
    ("lru", 33.68),
    ("lfu", 33.97),
];
const LIBRARIES: [(&str, f64); 4] =
    [(OPTIMUM, 46.17), ("moka", 37.45), ("quick_cache", 37.24), ("foyer s3-fifo", 36.64)];
const MOST_AWAY: f64 = 0.3;

/// Classes of capacity with the share of the keys that ends each.
const CLASSES: [(&str, f64); 3] = [("0.1 %", 0.005), ("1 %", 0.03), ("5-30 %", 1.0)];
