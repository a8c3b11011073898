//! Running other programs: their output, their logs, their time limits, and what the user sees meanwhile.

mod child;
mod job;
mod log;
pub(crate) mod progress;

pub(crate) use child::{answer, hand_over, stop_children_with_us};
pub(crate) use job::{Finished, Job};
