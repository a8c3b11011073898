//! The outbox: what waits, what is told, what is promised.

mod conforming;
mod drawn;
mod recovering;
mod room;
mod support;
mod tokens;
mod waiting;
