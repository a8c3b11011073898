#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod counted;
mod ends;
mod lock;
#[cfg(feature = "tokio")]
mod runtime;
mod tasks;
mod wakers;
mod within;

pub use counted::Counted;
pub use ends::Ends;
#[cfg(feature = "tokio")]
pub use runtime::TokioRuntime;
