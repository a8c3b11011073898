//! The Redis storage on real servers, beyond what every storage must do.

mod away;
mod cluster;
#[path = "../common/mod.rs"]
mod common;
mod connecting;
mod foreign;
mod lives;
mod processes;
mod sharing;
mod support;
mod trips;
