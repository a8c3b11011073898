//! Hit ratios of every policy at several sizes, on all processors at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use cachefn_core::{Error, Policy, unsync};

use super::optimum;

/// Hit ratios in percent.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) requests: usize,
    pub(crate) unique: usize,
    /// In entries, from small to large.
    pub(crate) sizes: Vec<usize>,
    /// The optimum first, then the policies as they were given; a figure for every size.
    pub(crate) rows: Vec<(String, Vec<f64>)>,
}

/// Runs every policy at every size; `ids` are dense. A miss is written, as a cache that is read through
/// would. `ended` hears of every run that is done.
///
/// # Errors
/// When a cache cannot be as large as it should.
pub(crate) fn measure(
    ids: &[u32],
    sizes: Vec<usize>,
    policies: &[Policy],
    ended: impl Fn() + Sync,
) -> Result<Measured, Error> {
    let unique = ids.iter().max().map_or(0, |most| *most as usize + 1);
    let cells: Vec<(usize, usize)> = (0..=policies.len())
        .flat_map(|row| (0..sizes.len()).map(move |size| (row, size)))
        .collect();
    let rows = vec![vec![0.0; sizes.len()]; policies.len() + 1];
    let (rows, next) = (Mutex::new(Ok(rows)), AtomicUsize::new(0));
    let work = || {
        while let Some((row, size)) = cells.get(next.fetch_add(1, Relaxed)) {
            let hits = match row.checked_sub(1) {
                None => Ok(optimum::hits(ids, sizes[*size])),
                Some(policy) => hits(ids, policies[policy], sizes[*size]),
            };
            let mut rows = rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match (hits, &mut *rows) {
                (Ok(hits), Ok(rows)) => {
                    rows[*row][*size] = 100.0 * hits as f64 / ids.len().max(1) as f64;
                }
                (Err(error), rows) => *rows = Err(error),
                (Ok(_), Err(_)) => {}
            }
            drop(rows);
            ended();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let rows = rows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)?;
    let names = policies.iter().map(ToString::to_string);
    let names = [OPTIMUM.to_string()].into_iter().chain(names);
    Ok(Measured { requests: ids.len(), unique, sizes, rows: names.zip(rows).collect() })
}

impl Measured {
    /// What a cache with room for everything would have had, in percent.
    pub(crate) fn most(&self) -> f64 {
        100.0 * (self.requests - self.unique) as f64 / self.requests.max(1) as f64
    }

    /// The sizes in percent of the different keys.
    pub(crate) fn shares(&self) -> Vec<f64> {
        self.sizes.iter().map(|size| 100.0 * *size as f64 / self.unique.max(1) as f64).collect()
    }
}

/// How many requests hit. A cache for one thread has its policy's own hit ratio.
fn hits(ids: &[u32], policy: Policy, capacity: usize) -> Result<usize, Error> {
    let builder = unsync::MemoryCache::<u32, ()>::builder().max_entries(capacity);
    let mut cache = builder.policy(policy).seed(SEED).build()?;
    let mut hits = 0;
    for id in ids {
        if cache.get(id).is_some() {
            hits += 1;
        } else {
            cache.set(*id, ())?;
        }
    }
    Ok(hits)
}

pub(crate) const OPTIMUM: &str = "optimum";

/// Of the hashes, so that every run has the same figures.
const SEED: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_policy_beats_the_optimum_and_with_room_for_all_each_key_misses_once() {
        let ids: Vec<u32> = (0..400_u32).map(|at| at * at % 40).collect();
        let ids = super::super::trace::dense(ids);
        let all = ["adaptive", "s3-fifo", "w-tinylfu", "sieve", "lru", "lfu", "fifo"];
        let all = all.map(|name| name.parse().unwrap());
        let ended = AtomicUsize::new(0);
        let count = || {
            ended.fetch_add(1, Relaxed);
        };
        let measured = measure(&ids, vec![4, 1_000], &all, count).unwrap();
        assert_eq!((measured.rows.len(), ended.into_inner()), (8, 16));
        for (name, row) in &measured.rows {
            assert!(row[0] <= measured.rows[0].1[0] + 1e-9, "{name}: {row:?}");
            assert_eq!(row[1], measured.most(), "{name}");
        }
    }
}
