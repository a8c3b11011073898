#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod counted;
mod ended;
mod ending;
mod ends;
mod guard;
mod lock;
mod log;
mod outbox;
#[cfg(feature = "tokio")]
mod runtime;
mod shutdown;
mod state;
mod tasks;
mod wakers;
mod within;

pub use counted::Counted;
pub use ended::{Ended, PartEnded};
pub use ends::Ends;
pub use guard::{Guarded, GuardedBuilder, Health};
pub use log::{Durability, Log, LogBuilder, LogDamage};
pub use outbox::{FollowingBus, Outbox, OutboxBuilder, OutboxEvent, Pending};
#[cfg(feature = "tokio")]
pub use runtime::TokioRuntime;
pub use shutdown::Shutdown;
pub use state::{State, Status};
