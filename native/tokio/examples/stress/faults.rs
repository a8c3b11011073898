//! When the storage is broken, and how.

use std::sync::Arc;
use std::time::Duration;

use crate::callers::Progress;
use crate::place::{BrokenBy, Fault};

/// From which part of the run on.
const PLAN: [(f64, Fault); 4] =
    [(0.2, Fault::Hangs), (0.4, Fault::None), (0.6, Fault::Down), (0.75, Fault::None)];

/// Breaks and mends, and leaves it whole.
pub(crate) async fn plan(broken_by: BrokenBy, progress: Arc<Progress>) {
    let mut fault = Fault::None;
    for (part, next) in PLAN {
        while progress.part() < part {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        broken_by.turn(fault, next).await;
        fault = next;
    }
}
