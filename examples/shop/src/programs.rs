//! Programs beside the shop, found by a variable of the environment or on the `PATH`.

use std::env;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

use cachefn_servers::{Program, free_port};

use crate::Failure;
use crate::waiting::until;

/// What is to be started.
pub(crate) struct Wanted {
    /// What names another one than that on the `PATH`.
    pub(crate) variable: &'static str,
    pub(crate) name: &'static str,
    pub(crate) from: &'static str,
}

impl Wanted {
    /// Starts it in a folder of its own with two addresses that nobody has, and waits until it is ready.
    ///
    /// # Errors
    /// There is none, and where it comes from; or it does not start, and what it says.
    pub(crate) async fn start(
        &self,
        words: impl Fn(&Path, [SocketAddr; 2]) -> io::Result<Vec<String>>,
        is_ready: impl Fn(SocketAddr) -> bool,
    ) -> Result<(Program, SocketAddr), Failure> {
        let Wanted { variable, name, from } = self;
        for _ in 0..ATTEMPTS {
            let addresses = [(); 2].map(|()| SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())));
            let started = Program::start(|folder| {
                let mut command = Command::new(env::var_os(variable).unwrap_or((*name).into()));
                command.args(words(folder, addresses)?);
                Ok(command)
            });
            let program = started.map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => format!("no {name}: {from}, or set {variable} to one"),
                _ => format!("start {name}: {error}"),
            })?;
            let ready = until(async || {
                let is_ready = is_ready(addresses[0]);
                Ok((is_ready || !program.is_running()).then_some(is_ready))
            });
            if ready.await? == Some(true) {
                return Ok((program, addresses[0]));
            }
            let log = program.log();
            // Another process may have been quicker to take a port.
            if !log.to_lowercase().contains("address already in use") {
                return Err(format!("{name} does not start: {log}").into());
            }
        }
        Err(format!("{name} does not start: {ATTEMPTS} ports were taken by others").into())
    }
}

const ATTEMPTS: u32 = 10;
