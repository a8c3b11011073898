//! The log on the disk: its bytes, its files, and what damage does to it.

#[path = "../outbox/support/mod.rs"]
mod support;

mod beside;
mod buses;
mod busy;
mod bytes;
mod damage;
mod emptied;
mod files;
mod kills;
mod overfull;
mod scene;
mod spilling;
mod unreadable;
