#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod counted;
mod ended;
mod ending;
mod ends;
mod guard;
mod lock;
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
#[cfg(feature = "tokio")]
pub use runtime::TokioRuntime;
pub use shutdown::Shutdown;
pub use state::{State, Status};
