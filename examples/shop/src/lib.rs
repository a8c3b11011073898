//! A shop: a slow catalogue in SQLite, two instances of a web service, one Redis between them, and clients.

mod caches;
mod catalogue;
mod clients;
mod collector;
mod connection;
mod fleet;
mod programs;
mod prometheus;
mod random;
mod service;
mod show;
mod shown;
mod site;
mod span;
mod table;
mod traces;
mod tree;
mod waiting;

pub use catalogue::{CATEGORIES, Catalogue, PRODUCTS, Product};
pub use clients::{Load, Measured};
pub use collector::Collector;
pub use connection::Connection;
pub use fleet::{Fleet, Instance};
pub use prometheus::{Prometheus, Sample};
pub use service::Shop;
pub use show::show;
pub use site::{Site, Steered};
pub use span::Span;
pub use table::table;
pub use tree::tree;

/// Whatever goes wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
