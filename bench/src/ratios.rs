//! Hit ratios of many caches on many workloads, on all processors at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use serde_json::{Value, json};

use crate::optimum;
use crate::peers::Kind;
use crate::workload::{Workload, pairs};

/// Hit ratios in percent.
pub struct Ratios {
    /// A row for every cache, with a figure for every pair of workload and capacity, in their order;
    /// the optimum first.
    pub rows: Vec<(String, Vec<f64>)>,
    pairs: Vec<(String, usize)>,
}

pub const OPTIMUM: &str = "optimum";

impl Ratios {
    /// Runs every cache on every pair. A miss is written, as a cache that is read through would.
    pub fn measure(workloads: &[Workload], kinds: &[Kind]) -> Self {
        let pairs: Vec<_> = pairs(workloads).collect();
        // Long cells first: the last one to end should be short.
        let mut cells: Vec<(usize, usize)> = (0..pairs.len())
            .flat_map(|pair| (0..=kinds.len()).map(move |row| (pair, row)))
            .collect();
        cells.sort_by_key(|(pair, _)| std::cmp::Reverse(pairs[*pair].0.ids.len()));
        let rows = vec![vec![0.0; pairs.len()]; kinds.len() + 1];
        let (rows, next) = (Mutex::new(rows), AtomicUsize::new(0));
        let work = || {
            while let Some((pair, row)) = cells.get(next.fetch_add(1, Relaxed)) {
                let (workload, capacity) = pairs[*pair];
                let hits = match row.checked_sub(1) {
                    None => optimum::hits(&workload.ids, capacity),
                    Some(kind) => kinds[kind].make(capacity).read_through(&workload.ids).1,
                };
                let percent = 100.0 * hits as f64 / workload.ids.len() as f64;
                rows.lock().expect("no cache panics")[*row][*pair] = percent;
            }
        };
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        let names =
            [OPTIMUM.to_string()].into_iter().chain(kinds.iter().map(|own| own.name.clone()));
        let rows = rows.into_inner().expect("no cache panics");
        Ratios {
            rows: names.zip(rows).collect(),
            pairs: pairs.iter().map(|(own, size)| (own.name.clone(), *size)).collect(),
        }
    }

    /// The mean of a cache over all pairs; NaN when it was not run.
    pub fn mean_of(&self, name: &str) -> f64 {
        let row = self.rows.iter().find(|(own, _)| own == name);
        row.map_or(f64::NAN, |(_, ratios)| mean(ratios))
    }

    /// Every figure, with the pairs they belong to.
    pub fn figures(&self) -> Value {
        let row = |(name, ratios): &(String, Vec<f64>)| json!({"name": name, "percent": ratios});
        json!({ "pairs": self.pairs, "caches": self.rows.iter().map(row).collect::<Value>() })
    }
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers;

    #[test]
    fn no_cache_beats_the_optimum_and_a_cache_with_room_for_all_misses_each_key_once() {
        let ids: Vec<u32> = (0..400).map(|at| at * at % 40).collect();
        let ids = crate::trace::dense(ids);
        let workload = Workload { name: "squares".into(), capacities: vec![4, 100_000], ids };
        let (requests, unique) = (workload.ids.len() as f64, workload.unique() as f64);
        let ratios = Ratios::measure(&[workload], &peers::bounded());
        for (name, row) in &ratios.rows {
            // Some hold a few more than they were told: by shard, by bucket, or until later.
            let more =
                ["cached", "scc", "moka", "mini-moka"].iter().any(|own| name.starts_with(own));
            assert!(more || row[0] <= ratios.rows[0].1[0] + 1e-9, "{name}: {row:?}");
            assert_eq!(row[1], 100.0 * (requests - unique) / requests, "{name}");
        }
    }
}
