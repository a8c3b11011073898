//! The outbox: what waits, what is told, what is promised.

mod beside;
mod conforming;
mod drawn;
mod dying;
mod emptied;
mod ending;
mod health;
mod overlapping;
mod promised;
mod recovering;
mod refusing;
mod room;
mod support;
mod tokens;
mod waiting;
