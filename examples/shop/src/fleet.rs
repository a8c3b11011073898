//! The instances of the shop, each a process of its own.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::Failure;
use crate::catalogue::Product;
use crate::connection::Connection;
use crate::site::Site;
use crate::waiting::until;

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
    /// Starts the instances of a site, and waits until they serve.
    ///
    /// # Errors
    /// One of them does not start.
    pub async fn start(site: &Site) -> Result<Self, Failure> {
        let mut instances = Vec::new();
        for _ in 0..2 {
            instances.push(Instance::start(site).await?);
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

    /// What each of them has as the price of a product.
    ///
    /// # Errors
    /// One of them does not answer.
    pub async fn prices(&self, id: u32) -> Result<[u32; 2], Failure> {
        let mut prices = [0; 2];
        for (price, answer) in prices.iter_mut().zip(self.ask(&format!("/products/{id}")).await?) {
            let product: Product = serde_json::from_str(&answer)?;
            *price = product.cents;
        }
        Ok(prices)
    }

    /// The same once it is so at both: a message needs its time.
    ///
    /// # Errors
    /// One of them does not answer, or a minute has passed.
    pub async fn wait_for_price(&self, id: u32, cents: u32) -> Result<[u32; 2], Failure> {
        let mut last = [0; 2];
        let seen = until(async || {
            last = self.prices(id).await?;
            Ok((last == [cents; 2]).then_some(last))
        });
        match seen.await? {
            Some(prices) => Ok(prices),
            None => Err(format!("product {id} is not {cents} cents at both: {last:?}").into()),
        }
    }

    /// Asks both for their health until they have found out that their storage is well.
    ///
    /// # Errors
    /// One of them does not answer, or a minute has passed.
    pub async fn wait_until_healthy(&self) -> Result<(), Failure> {
        let mut last = Vec::new();
        let seen = until(async || {
            last = self.ask("/health").await?;
            let are = last.iter().all(|health| health.starts_with(r#"{"state":"healthy""#));
            Ok(are.then_some(()))
        });
        match seen.await? {
            Some(()) => Ok(()),
            None => Err(format!("not both are healthy: {last:?}").into()),
        }
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
    async fn start(site: &Site) -> Result<Self, Failure> {
        let mut process = site.serving().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let told = process.stdout.take().ok_or("an instance without output")?;
        let line = BufReader::new(told).lines().next_line().await?;
        let address = line.as_deref().and_then(|line| line.strip_prefix("serving on "));
        let address = address.ok_or("an instance has not started; it says why above")?.parse()?;
        Ok(Instance { process, address })
    }
}
