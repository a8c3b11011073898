//! Ports that nobody has, on loopback.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// A port that is free now, and so is the one 10,000 above it, where nodes of a Cluster talk.
///
/// Somebody else may take it before a server does, who then has to ask for another one. Both are below
/// those that systems give to clients: no connection can take the port of a server that is away.
///
/// ```
/// assert!(std::net::TcpListener::bind(("127.0.0.1", cachefn_servers::free_port())).is_ok());
/// ```
///
/// # Panics
/// No port is free.
pub fn free_port() -> u16 {
    for _ in 0..COUNT {
        let number = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(process::id() * STEP);
        let port = FIRST + (number % COUNT) as u16;
        if is_free(port) && is_free(port + BUS) {
            return port;
        }
    }
    panic!("start a server: no port from {FIRST} on is free");
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

const FIRST: u16 = 10_000;
const COUNT: u32 = 12_000;
const BUS: u16 = 10_000;
/// Processes that start together have numbers side by side, and should not try the same ports.
const STEP: u32 = 37;

static NEXT: AtomicU32 = AtomicU32::new(0);
