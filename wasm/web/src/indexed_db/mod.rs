//! Records in IndexedDB.

mod builder;
mod connection;
mod deleting;
mod inner;
mod opening;
mod reading;
mod room;
mod row;
mod storage;
mod transaction;
mod writing;

pub use builder::Builder;
pub use storage::IndexedDb;
