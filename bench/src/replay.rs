//! Anybody's requests: the hit ratio of every policy over the size of the cache.

use std::path::{Path, PathBuf};

use cachefn_core::Policy;

use crate::curves;
use crate::peers::{self, Kind, named};
use crate::ratios::Ratios;
use crate::requests;
use crate::size::{DEFAULT, Size};
use crate::table::Table;
use crate::workload::Workload;

pub struct Replay {
    pub file: PathBuf,
    /// Sizes to replay at; some of every order of magnitude when none is named.
    pub(crate) sizes: Vec<Size>,
    /// All policies when none is named.
    pub policies: Vec<Policy>,
}

/// Prints the table; the picture of it.
///
/// # Errors
/// The file cannot be read or has no request in it; the text says why.
pub fn run(replay: &Replay) -> Result<String, String> {
    let ids = requests::read(&replay.file, usize::MAX)?;
    let name = name_of(&replay.file);
    let mut workload = Workload { name, ids, capacities: Vec::new() };
    let (requests, unique) = (workload.ids.len(), workload.unique());
    workload.capacities = capacities(&replay.sizes, unique);
    println!("{}: {requests} requests for {unique} different keys", replay.file.display());
    let most = 100.0 * (requests - unique) as f64 / requests as f64;
    println!("a cache with room for all of them would have {most:.2} %\n");
    let workloads = [workload];
    let ratios = Ratios::measure(&workloads, &kinds(&replay.policies));
    println!("{}", table(&workloads[0], &ratios));
    let shares: Vec<f64> =
        workloads[0].capacities.iter().map(|size| 100.0 * *size as f64 / unique as f64).collect();
    let subtitle = format!("{}: {requests} requests, {unique} different keys", workloads[0].name);
    Ok(curves::hit_ratio(&subtitle, &shares, &ratios.rows))
}

fn name_of(file: &Path) -> String {
    file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// In entries, from small to large, each once.
fn capacities(sizes: &[Size], unique: usize) -> Vec<usize> {
    let sizes = if sizes.is_empty() { &DEFAULT[..] } else { sizes };
    let mut entries: Vec<usize> = sizes.iter().map(|size| size.entries(unique)).collect();
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// cachefn for one thread, whose hit ratio is its policy's own, and the libraries.
fn kinds(policies: &[Policy]) -> Vec<Kind> {
    let wanted = |kind: &Kind| {
        if !kind.name.starts_with("cachefn") {
            return true;
        }
        let named = policies.iter().any(|policy| kind.name == named(*policy, " unsync"));
        kind.name.ends_with(" unsync") && (policies.is_empty() || named)
    };
    peers::bounded().into_iter().filter(wanted).collect()
}

fn table(workload: &Workload, ratios: &Ratios) -> Table {
    let unique = workload.unique() as f64;
    let head = workload.capacities.iter().map(|size| {
        let share = 100.0 * *size as f64 / unique;
        format!("{size} ({share:.2} %)")
    });
    let head = ["hit ratio, %, at a capacity of".to_string()].into_iter().chain(head);
    let mut table = Table::new("Hit ratios", head);
    for (name, row) in &ratios.rows {
        let cells = row.iter().map(|percent| format!("{percent:.2}"));
        table.row([name.clone()].into_iter().chain(cells));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiny_traces_get_every_capacity_once() {
        assert_eq!(capacities(&[], 10), [1, 3]);
        assert_eq!(capacities(&[Size::Entries(7), Size::Percent(10.0)], 10), [1, 7]);
    }

    #[test]
    fn named_policies_and_all_libraries_are_replayed() {
        let names: Vec<_> = kinds(&[Policy::Lru]).into_iter().map(|kind| kind.name).collect();
        let own: Vec<_> = names.iter().filter(|name| name.starts_with("cachefn")).collect();
        assert_eq!(own, ["cachefn lru unsync"]);
        assert!(names.iter().any(|name| name == "moka"), "{names:?}");
    }
}
