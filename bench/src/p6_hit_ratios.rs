//! P6: hit ratios of every cache on the same requests, beside the best that is possible.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use serde_json::{Value, json};

use crate::report::{Bar, Limit, Section, Stage, Table};
use crate::{generated, optimum, peers, traces};

/// Requests, one id each, with the capacities they are run at.
pub struct Workload {
    pub name: String,
    pub ids: Vec<u32>,
    pub capacities: Vec<usize>,
}

pub fn run(seed: u64, folder: Option<PathBuf>) -> Result<Section, String> {
    let workloads = generated::workloads(seed);
    let ratios = Ratios::measure(&workloads);
    let mut section = Section {
        tables: vec![ratios.by_workload(&workloads)],
        bars: Vec::new(),
        figures: json!({ "generated": ratios.figures(&workloads) }),
    };
    match traces::folder(folder) {
        Some(folder) => {
            let workloads = traces::read(&folder)?;
            let ratios = Ratios::measure(&workloads);
            section.tables.push(ratios.by_size(&workloads));
            section.bars = ratios.bars();
            section.figures["traces"] = ratios.figures(&workloads);
        }
        None => eprintln!(
            "P6: no traces found (set CACHEFN_TRACES to their folder): only generated requests"
        ),
    }
    Ok(section)
}

/// Hit ratios in percent: a row for every cache, with a figure for every pair of workload and
/// capacity, in their order.
struct Ratios(Vec<(&'static str, Vec<f64>)>);

impl Ratios {
    fn measure(workloads: &[Workload]) -> Self {
        let pairs: Vec<_> = pairs(workloads).collect();
        let measured = Mutex::new(vec![Vec::new(); pairs.len()]);
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let at = next.fetch_add(1, Relaxed);
                let Some((workload, capacity)) = pairs.get(at) else { return };
                let row = of_pair(&workload.ids, *capacity);
                measured.lock().expect("no cache panics")[at] = row;
            }
        };
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        let rows = measured.into_inner().expect("no cache panics");
        let names = rows[0].iter().map(|(name, _)| *name).enumerate();
        Ratios(names.map(|(at, name)| (name, rows.iter().map(|row| row[at].1).collect())).collect())
    }

    fn by_workload(&self, workloads: &[Workload]) -> Table {
        let mut head = vec!["hit ratio, %".to_string()];
        head.extend(workloads.iter().map(|workload| workload.name.clone()));
        head.push("mean".into());
        let title = "P6  hit ratios, generated requests, mean of 0.1 / 1 / 10 % of the keys";
        let mut table = Table::new(title, head);
        for (name, ratios) in &self.0 {
            let mut row = vec![(*name).to_string()];
            let mut rest = &ratios[..];
            for workload in workloads {
                let (own, others) = rest.split_at(workload.capacities.len());
                row.push(format!("{:.2}", mean(own)));
                rest = others;
            }
            row.push(format!("{:.2}", mean(ratios)));
            table.row(row);
        }
        table
    }

    fn by_size(&self, workloads: &[Workload]) -> Table {
        let shares: Vec<f64> =
            pairs(workloads).map(|(workload, capacity)| share(workload, capacity)).collect();
        let mut head = vec!["hit ratio, %".to_string()];
        head.extend(CLASSES.map(|(label, _)| label.to_string()));
        head.extend(["all", "reference", "difference"].map(String::from));
        let title =
            format!("P6  hit ratios, means over {} pairs of trace and capacity", shares.len());
        let mut table = Table::new(title, head);
        for (name, ratios) in &self.0 {
            let mut row = vec![(*name).to_string()];
            let mut least = 0.0;
            for (_, most) in CLASSES {
                let own = shares.iter().zip(ratios).filter(|(s, _)| (least..most).contains(*s));
                row.push(format!("{:.2}", mean(&own.map(|(_, ratio)| *ratio).collect::<Vec<_>>())));
                least = most;
            }
            row.push(format!("{:.2}", mean(ratios)));
            if let Some(reference) = reference(name) {
                row.push(format!("{reference:.2}"));
                row.push(format!("{:+.2}", mean(ratios) - reference));
            }
            table.row(row);
        }
        table
    }

    fn bars(&self) -> Vec<Bar> {
        let measured = |wanted: &str| {
            let row = self.0.iter().find(|(name, _)| *name == wanted);
            row.map_or(0.0, |(_, ratios)| mean(ratios))
        };
        let named = ["lru", "s3-fifo"].map(|policy| {
            let name = format!("cachefn {policy} unsync");
            let away = (measured(&name) - reference(&name).unwrap_or(0.0)).abs();
            let what = format!("{policy}, points away from its reference");
            Bar {
                id: "P6",
                what,
                measured: away,
                limit: Limit::AtMost(0.3),
                stage: Stage::ThisVersion,
            }
        });
        let default =
            [("unsharded", " unsync", 40.0), ("sharded", "", 39.7)].map(|(how, kind, limit)| {
                let what = format!("default policy, {how}, %");
                let measured = measured(&format!("{}{kind}", peers::CACHEFN));
                Bar { id: "P6", what, measured, limit: Limit::AtLeast(limit), stage: Stage::Goal }
            });
        named.into_iter().chain(default).collect()
    }

    fn figures(&self, workloads: &[Workload]) -> Value {
        let pairs: Vec<_> =
            pairs(workloads).map(|(workload, capacity)| json!([workload.name, capacity])).collect();
        let rows: Value =
            self.0.iter().map(|(name, ratios)| json!({"name": name, "percent": ratios})).collect();
        json!({ "pairs": pairs, "caches": rows })
    }
}

fn pairs(workloads: &[Workload]) -> impl Iterator<Item = (&Workload, usize)> {
    workloads
        .iter()
        .flat_map(|workload| workload.capacities.iter().map(move |capacity| (workload, *capacity)))
}

/// Every cache on one pair; a miss is written, as a cache that is read through would.
fn of_pair(ids: &[u32], capacity: usize) -> Vec<(&'static str, f64)> {
    let percent = |hits: usize| 100.0 * hits as f64 / ids.len() as f64;
    let caches = peers::all(capacity).into_iter();
    let measured = caches.map(|(name, cache)| (name, percent(cache.read_through(ids).1)));
    [("optimum", percent(optimum::hits(ids, capacity)))].into_iter().chain(measured).collect()
}

/// What part of the ids fits.
fn share(workload: &Workload, capacity: usize) -> f64 {
    let keys = workload.ids.iter().max().map_or(1, |most| most + 1);
    capacity as f64 / f64::from(keys)
}

/// What an independent simulation of the policy, or an earlier run of the library, reached.
fn reference(name: &str) -> Option<f64> {
    let (_, percent) = REFERENCES.iter().find(|(of, _)| name.starts_with(of))?;
    Some(*percent)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

const REFERENCES: [(&str, f64); 6] = [
    ("optimum", 46.17),
    ("cachefn lru", 33.68),
    ("cachefn s3-fifo", 37.64),
    ("quick_cache", 37.24),
    ("moka", 37.45),
    ("foyer s3-fifo", 36.64),
];

/// Classes of capacity with the share of the keys that ends each.
const CLASSES: [(&str, f64); 3] = [("0.1 %", 0.005), ("1 %", 0.03), ("5-30 %", 1.0)];
