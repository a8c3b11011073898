//! The program `cachefn`, run as users run it: what it prints, what it tells, and how it ends.

#[path = "../../../redis/tests/common/mod.rs"]
mod common;
mod program;
mod support;

mod configured;
mod ending;
mod entries;
mod exporting;
mod help;
mod listing;
mod moving;
mod operations;
mod removing;
mod replaying;
mod secrets;
mod servers;
mod terminal;
mod tls;
mod watching;
