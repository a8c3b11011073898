//! Storages that fail, under a guard: on tokio, on smol, and with a time that the tests move.

mod breaker;
mod conformance;
mod health;
mod hung;
mod limits;
mod probing;
mod runtimes;
mod shutdown;
mod support;
