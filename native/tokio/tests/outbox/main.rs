//! The outbox: what waits, what is told, what is promised.

mod conforming;
mod drawn;
mod room;
mod support;
mod tokens;
mod waiting;
