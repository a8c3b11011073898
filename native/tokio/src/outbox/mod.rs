//! What waits while the storage cannot take it: a queue before any storage.

mod batch;
mod bell;
mod builder;
mod cells;
mod change;
mod compacting;
mod disk;
mod doubts;
mod drain;
mod ending;
mod following;
mod hearing;
mod heirs;
mod journal;
mod known;
mod leaving;
mod line;
mod lists;
mod logging;
mod options;
#[allow(clippy::module_inception, reason = "the file of the type of that name")]
mod outbox;
mod passing;
mod promised;
mod queue;
mod reading;
mod removing;
mod replacing;
mod rest;
mod reviving;
mod room;
mod scanning;
mod sending;
mod shared;
mod slot;
mod spilled;
mod state;
mod stranded;
mod taking;
mod told;
mod worker;
mod writing;

pub use builder::Builder as OutboxBuilder;
pub use following::FollowingBus;
pub use outbox::Outbox;
pub use told::{OutboxEvent, Pending};
