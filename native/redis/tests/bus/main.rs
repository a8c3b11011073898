//! Caches of several processes, which tell each other through a real Redis.

#[path = "../common/mod.rs"]
mod common;
mod support;

mod caches;
mod conforming;
mod ending;
mod losing;
#[cfg(feature = "smol")]
mod on_smol;
mod processes;
mod staleness;
mod telling;
mod topologies;
mod trips;
