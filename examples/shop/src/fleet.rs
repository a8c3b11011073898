//! The instances of the shop, each a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Failure;
use crate::connection::Connection;

/// Two instances behind one Redis. They end when this is dropped.
pub struct Fleet {
    instances: Vec<Instance>,
}

/// One process.
pub struct Instance {
    process: Child,
    address: SocketAddr,
}

impl Fleet {
    /// Starts instances of this program, and waits until they serve.
    ///
    /// # Errors
    /// One of them does not start.
    pub async fn start(
        program: &Path,
        config: &Path,
        catalogue: &Path,
        redis: &str,
    ) -> Result<Self, Failure> {
        let mut instances = Vec::new();
        for _ in 0..2 {
            instances.push(Instance::start(program, config, catalogue, redis).await?);
        }
        Ok(Fleet { instances })
    }

    /// Where each of them is asked.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.instances.iter().map(|instance| instance.address).collect()
    }

    /// What each of them says of something.
    ///
    /// # Errors
    /// One of them does not answer.
    pub async fn ask(&self, path: &str) -> Result<Vec<String>, Failure> {
        let mut answers = Vec::new();
        for address in self.addresses() {
            answers.push(Connection::open(address).await?.ask("GET", path, "").await?.1);
        }
        Ok(answers)
    }

    /// Ends all of them in order.
    ///
    /// # Errors
    /// One of them has not ended cleanly.
    pub async fn end(mut self) -> Result<(), Failure> {
        for instance in &mut self.instances {
            // An end of its input is what an instance ends by.
            drop(instance.process.stdin.take());
            let status = instance.process.wait().await?;
            if !status.success() {
                return Err(format!("an instance ended with {status}").into());
            }
        }
        Ok(())
    }
}

impl Instance {
    async fn start(
        program: &Path,
        config: &Path,
        catalogue: &Path,
        redis: &str,
    ) -> Result<Self, Failure> {
        let mut process = Command::new(program)
            .arg("serve")
            .args([config, catalogue])
            .env("SHOP_REDIS", redis)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let told = process.stdout.take().ok_or("an instance without output")?;
        let line = BufReader::new(told).lines().next_line().await?;
        let address = line.as_deref().and_then(|line| line.strip_prefix("serving on "));
        let address = address.ok_or("an instance has not started; it says why above")?.parse()?;
        Ok(Instance { process, address })
    }
}
