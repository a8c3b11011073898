//! What a cache has by which of all processes one makes a value.

use alloc::sync::Arc;
use core::time::Duration;

use crate::entry::milliseconds;
use crate::lease::Leases;
use crate::runtime::Runtime;

/// How long a lease lasts unless it is said, or follows from how long a load may take.
const LEASE_TIME: Duration = Duration::from_secs(30);

/// What a cache has for leases.
pub(super) struct Leasing {
    pub(super) leases: Arc<dyn Leases>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) life: Duration,
}

/// What leases need.
///
/// # Errors
/// What is missing, or cannot be.
pub(super) fn leasing(
    leases: Option<Arc<dyn Leases>>,
    lease_time: Option<Duration>,
    load_timeout: Option<Duration>,
    runtime: Option<&Arc<dyn Runtime>>,
    has_storage: bool,
) -> Result<Option<Arc<Leasing>>, &'static str> {
    let Some(leases) = leases else {
        return match lease_time {
            Some(_) => Err("lease_time needs leases, which last so long"),
            None => Ok(None),
        };
    };
    if !has_storage {
        return Err("leases need a storage, where the others find the value");
    }
    let Some(runtime) = runtime.cloned() else {
        return Err("leases need a runtime, to measure the time");
    };
    let life = lease_time.or(load_timeout).unwrap_or(LEASE_TIME);
    if life.is_zero() {
        return Err("lease_time is longer than zero");
    }
    // Whole milliseconds, and no more of them than can be counted everywhere.
    let life = Duration::from_millis(milliseconds(Some(life)).min(LONGEST));
    Ok(Some(Arc::new(Leasing { leases, runtime, life })))
}

/// A year.
const LONGEST: u64 = 365 * 24 * 60 * 60 * 1000;
