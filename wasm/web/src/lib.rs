#![cfg_attr(all(target_family = "wasm", target_os = "unknown"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(target_family = "wasm", target_os = "unknown")),
    doc = "Empty on this target: what browsers have exists on `wasm32-unknown-unknown` only."
)]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

// What needs no browser is tested without one.
#[cfg(any(test, all(target_family = "wasm", target_os = "unknown")))]
mod item_name;
#[cfg(any(test, all(target_family = "wasm", target_os = "unknown")))]
mod names_under;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod clock;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod failure;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod indexed_db;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod platform;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod runtime;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod web_storage;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use crate::{
    clock::BrowserClock,
    indexed_db::{Builder, IndexedDb},
    platform::install,
    runtime::BrowserRuntime,
    web_storage::WebStorage,
};
