//! How much memory a process has.

use std::fs;

/// Bytes of this process that are in memory, where the system tells (Linux).
///
/// ```
/// assert!(cachefn_e2e::memory::resident().is_none_or(|bytes| bytes > 100_000));
/// ```
#[must_use]
pub fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}
