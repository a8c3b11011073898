//! One time for all processes of a machine.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since the machine started: it never goes back, and every process has the same.
///
/// ```
/// let then = cachefn_e2e::clock::now();
/// assert!(cachefn_e2e::clock::now() >= then);
/// ```
#[must_use]
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    // Never negative by its definition.
    time.tv_sec.unsigned_abs() * SECOND + time.tv_nsec.unsigned_abs()
}

/// One in the unit of [`now`].
pub const SECOND: u64 = 1_000_000_000;
/// One in the unit of [`now`].
pub const MILLISECOND: u64 = 1_000_000;
