//! The traces for P6: recorded requests, kept outside the repository.

use std::path::{Path, PathBuf};

use crate::requests;
use crate::workload::Workload;

/// The folder with the traces, if there is one.
pub fn folder(asked_for: Option<PathBuf>) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/traces");
    let named = asked_for.or_else(|| std::env::var_os("CACHEFN_TRACES").map(PathBuf::from));
    named.or_else(|| beside.is_dir().then_some(beside))
}

/// All traces of the table, cut at 1.5M requests.
///
/// # Errors
/// One of them cannot be read; the text says which.
pub fn read(folder: &Path) -> Result<Vec<Workload>, String> {
    let read = |(name, capacities): &(&str, &[usize])| {
        let ids = requests::read(&folder.join(format!("{name}.u32.zst")), LONGEST)?;
        Ok(Workload { name: (*name).to_string(), ids, capacities: capacities.to_vec() })
    };
    PAIRS.iter().map(read).collect()
}

/// In requests.
const LONGEST: usize = 1_500_000;

/// The traces with the capacities they are run at: 0.1, 1 and 10 % of their keys; the smallest are
/// left out where they would hold next to nothing, and tiny traces have 5, 10 and 30 %.
const PAIRS: [(&str, &[usize]); 15] = [
    ("arc-oltp", &[187, 1_869, 18_688]),
    ("arc-p2", &[303, 3_028, 30_280]),
    ("arc-p3", &[385, 3_848, 38_480]),
    ("cloudphysics-io", &[490, 4_897]),
    ("corda-vault", &[90, 905, 9_047]),
    ("lirs-2_pools", &[99, 994]),
    ("lirs-gli", &[126, 253, 759]),
    ("lirs-loop", &[51, 101, 303]),
    ("lirs-multi2", &[57, 568]),
    ("orm-night", &[495, 4_946]),
    ("spec-gcc", &[168, 337, 1_010]),
    ("spec-gzip", &[159, 1_595, 15_948]),
    ("synth-zipf-scan-a", &[329, 3_291, 32_907]),
    ("synth-zipf-shift-a", &[154, 1_541, 15_413]),
    ("web12", &[138, 1_376]),
];
