#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod builder;
mod database;
mod engine;
mod failure;
mod folder;
mod kept;
mod options;
mod reading;
mod rocksdb_storage;
mod store;
mod sweeping;
mod turns;
mod writing;

pub use builder::Builder;
pub use folder::Damaged;
pub use rocksdb_storage::RocksDbStorage;
