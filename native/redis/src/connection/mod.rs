//! The way to the servers: one, or the master that Sentinels name, or all of a Cluster.

mod cluster;
mod dial;
mod link;
mod map;
mod node;
mod outage;
mod request;
mod routing;
mod slots;
mod streaming;

pub(crate) use dial::{Dial, Sentinels};
#[allow(unused_imports, reason = "the bus listens to them")]
pub(crate) use link::{Link, Pushes};
#[allow(unused_imports, reason = "the bus names them")]
pub(crate) use node::Node;
pub(crate) use request::{Request, Script};
