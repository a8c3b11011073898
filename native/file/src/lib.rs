#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod bell;
mod builder;
mod committing;
mod disk;
mod engine;
mod failure;
mod file_storage;
mod pending;
mod place;
mod reading;
mod row;
mod store;
mod sweep;
mod tables;
mod writing;

pub use builder::Builder;
pub use engine::Damaged;
pub use file_storage::FileStorage;
