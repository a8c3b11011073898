//! The asynchronous cache, by rule: memory, flights, and a storage that the tests stop where they like.

mod support;

mod bus;
mod counting;
mod dropping;
mod ending;
mod failing;
mod fencing;
mod hits;
mod leases;
mod loading;
mod memory_limits;
mod orders;
mod promoting;
mod records;
mod remembering;
mod removing;
mod shared;
mod soft;
mod stale;
mod tags;
mod tiers;
mod tracers;
mod turns;
mod writing;
