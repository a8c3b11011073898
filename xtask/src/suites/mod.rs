//! What `test` and `check` can run, and how they run it.

mod choice;
mod counts;
mod examples;
mod features;
mod list;
mod long;
mod npm;
mod places;
mod runner;
mod rust;
mod stage;
mod storages;
mod suite;
mod targets;
mod web;

pub(crate) use choice::chosen;
pub(crate) use list::{checks, tests};
pub(crate) use runner::run;
