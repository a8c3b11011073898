//! A shop: a slow catalogue in SQLite, two instances of a web service, one Redis between them, and clients.

mod caches;
mod catalogue;
mod clients;
mod connection;
mod fleet;
mod random;
mod service;
mod table;

pub use catalogue::{Catalogue, PRODUCTS, Product};
pub use clients::{Load, Measured};
pub use connection::Connection;
pub use fleet::{Fleet, Instance};
pub use service::Shop;
pub use table::table;

/// Whatever goes wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
