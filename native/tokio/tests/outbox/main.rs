//! The outbox: what waits, what is told, what is promised.

mod conforming;
mod support;
mod waiting;
