//! How long the operations of one storage take, and how they end.

use std::sync::Arc;
use std::time::Duration;

use metrics::Key;

use super::names::{DURATION, REQUESTS, describe};
use super::operation::{Operation, Outcome};
use super::recording::{add, lasted, series};

/// The series of one storage, made once.
#[derive(Clone)]
pub(super) struct Durations(Arc<[Series]>);

struct Series {
    requests: Key,
    duration: Key,
}

impl Durations {
    pub(super) fn new(service: &Arc<str>) -> Self {
        describe();
        let of = |operation: Operation, outcome: Outcome| {
            let labels =
                [("layer", "l2"), ("operation", operation.as_str()), ("result", outcome.as_str())];
            let of = |name| series(name, service, &labels);
            Series { requests: of(REQUESTS), duration: of(DURATION) }
        };
        let all = Operation::ALL
            .iter()
            .flat_map(|operation| Outcome::ALL.iter().map(move |outcome| of(*operation, *outcome)));
        Durations(all.collect())
    }

    pub(super) fn tell(&self, operation: Operation, outcome: Outcome, duration: Duration) {
        let series = &self.0[operation as usize * Outcome::ALL.len() + outcome as usize];
        lasted(&series.duration, duration);
        // Whether a read was a hit is the cache's to say, who knows whether the record is valid.
        let is_told_by_the_cache =
            matches!(operation, Operation::Get) && matches!(outcome, Outcome::Hit | Outcome::Miss);
        if !is_told_by_the_cache {
            add(&series.requests, 1);
        }
    }
}
