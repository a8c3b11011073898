//! A storage that may fail: it is given little time, and left alone while it does.

mod breaker;
mod builder;
mod guarded;
mod health;
mod machine;

pub use builder::GuardedBuilder;
pub use guarded::Guarded;
pub use health::Health;
