//! Real Redis servers for tests, as one, with Sentinel or as a Cluster, a proxy that breaks connections, and any
//! other program that serves.
//!
//! ```
//! use cachefn_servers::Server;
//!
//! let redis = Server::start();
//! redis.cli(&["SET", "user:7", "Ada"]);
//! assert_eq!(redis.cli(&["GET", "user:7"]), "Ada");
//!
//! redis.restart(); // the same port, and nothing in it
//! assert_eq!(redis.cli(&["DBSIZE"]), "0");
//! assert!(redis.url().starts_with("redis://127.0.0.1:"));
//! ```
//!
//! Each server has a folder and a port of its own on loopback, and never the usual one. It ends with its
//! value, and also when the test's process ends in whatever way: a small shell beside it waits for that.
//! So a `static` may hold one for all tests of a program. Nothing here knows of an executor.
//!
//! The programs are `redis-server` and, for TLS, `openssl`. `REDIS_SERVER` and `OPENSSL` name others than
//! those on the `PATH`.
//!
//! # Panics
//! Where there is no way to go on (a program is missing, a server does not start, or does not become
//! what it should within two minutes) the methods panic, and say what the server's log says.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod builder;
mod certificates;
mod cluster;
mod control;
mod folder;
mod ports;
mod process;
mod program;
mod proxy;
mod sentinels;
mod server;
mod settings;
mod wait;

pub use builder::Builder;
pub use certificates::{Certificates, Pair};
pub use cluster::Cluster;
pub use ports::free_port;
pub use program::Program;
pub use proxy::Proxy;
pub use sentinels::Sentinels;
pub use server::Server;
