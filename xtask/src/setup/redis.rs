//! Redis, and what makes its certificates.

use anyhow::Result;

use super::debian::{Program, installed};
use crate::run::Job;

/// Makes sure that there are `redis-server` and `openssl`, by Debian's packages when we may. A package may
/// start a server of its own, on the usual port, which no test goes near.
///
/// # Errors
/// One is missing, and we are not root on a Debian machine.
pub(crate) fn redis(job: &Job<'_>) -> Result<()> {
    installed(job, &[SERVER, OPENSSL]).map(drop)
}

/// Sentinel is the same program.
const SERVER: Program =
    Program { variable: "REDIS_SERVER", names: &["redis-server"], package: "redis-server" };
const OPENSSL: Program = Program { variable: "OPENSSL", names: &["openssl"], package: "openssl" };
