//! What the rules of the cache and the mistakes of other caches ask of the cache in memory, test by test.
//!
//! A test is named by the rule (`s_07_…`) or the hazard (`h_17_…`) that it holds, then by the behaviour.

mod support;

mod idle;
mod stale;
mod time;
