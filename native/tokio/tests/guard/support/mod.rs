//! What the tests share: a runtime whose time they move, and futures that they poll.

mod manual;
mod task;

use std::time::Duration;

pub(crate) use manual::Manual;
pub(crate) use task::{Task, finish};

pub(crate) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}
