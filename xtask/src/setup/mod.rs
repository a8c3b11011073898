//! What a fresh machine lacks is installed here, each thing once a run, or named with the way to get it.

mod browser;
mod debian;
mod mdbook;
mod node;
mod once;
mod prometheus;
mod redis;
mod rocksdb;
mod rotel;
mod rust;
mod valgrind;

pub(crate) use browser::{browsers, chromium, firefox};
pub(crate) use mdbook::mdbook;
pub(crate) use node::{node, packages};
pub(crate) use prometheus::prometheus;
pub(crate) use redis::redis;
pub(crate) use rocksdb::{libclang, rocksdb};
pub(crate) use rotel::rotel;
pub(crate) use rust::{NIGHTLY, cargo_fuzz, has_toolchain, target, toolchain, toolchain_cargo};
pub(crate) use valgrind::valgrind;
