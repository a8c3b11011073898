//! What the rules of the cache and the mistakes of other caches ask of the cache in memory, test by test.
//!
//! A test is named by the rule (`s_07_…`) or the hazard (`h_17_…`) that it holds, then by the behaviour.

#![allow(clippy::type_complexity, reason = "tables of calls")]

mod support;

mod bad_input;
mod batches;
mod capacity;
mod context;
mod events;
mod failures;
mod idle;
mod loading;
mod patterns;
mod reentrance;
mod stale;
mod stats;
mod tags;
mod time;
mod updating;
mod weight;
