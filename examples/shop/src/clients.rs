//! Clients that ask for products, some far more often than others, and now and then change a price.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::catalogue::{PRODUCTS, Product};
use crate::connection::Connection;
use crate::random::Random;

/// How much is asked.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// At the same time.
    pub clients: u32,
    /// By each of them.
    pub requests: u32,
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Measured {
    /// How long each request took.
    pub times: Vec<Duration>,
    /// Requests without the right answer, and what was wrong with the first.
    pub failed: u32,
    pub first_failure: Option<String>,
}

impl Load {
    /// All clients ask at once, each one instance, and one request after the other.
    pub async fn run(self, instances: &[SocketAddr]) -> Measured {
        let mut clients = JoinSet::new();
        for client in 0..self.clients {
            let server = instances[client as usize % instances.len()];
            clients.spawn(self.client(client, server));
        }
        let mut all = Measured::default();
        while let Some(client) = clients.join_next().await {
            let client = client.expect("a client does not panic");
            all.times.extend(client.times);
            all.failed += client.failed;
            all.first_failure = all.first_failure.or(client.first_failure);
        }
        all
    }

    async fn client(self, number: u32, server: SocketAddr) -> Measured {
        let mut random = Random(self.seed ^ u64::from(number) << 32);
        let (mut measured, mut connection) = (Measured::default(), None);
        for _ in 0..self.requests {
            // Most ask for few products.
            let id = (random.part().powi(4) * f64::from(PRODUCTS)) as u32;
            let new_price = random.next().is_multiple_of(REPRICED).then(|| 100 + id);
            let began = Instant::now();
            let answer = once(&mut connection, server, id, new_price).await;
            measured.times.push(began.elapsed());
            if let Err(why) = answer {
                measured.failed += 1;
                measured.first_failure.get_or_insert(why);
                connection = None;
            }
        }
        measured
    }
}

async fn once(
    connection: &mut Option<Connection>,
    server: SocketAddr,
    id: u32,
    new_price: Option<u32>,
) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let connection = match connection {
        Some(connection) => connection,
        none => none.insert(Connection::open(server).await.map_err(said)?),
    };
    let path = format!("/products/{id}");
    let (status, body) = match new_price {
        Some(cents) => {
            let path = format!("{path}/price");
            connection.ask("PUT", &path, &cents.to_string()).await.map_err(said)?
        }
        None => connection.ask("GET", &path, "").await.map_err(said)?,
    };
    let right = match new_price {
        Some(_) => status == 204,
        None => {
            let product: Result<Product, _> = serde_json::from_str(&body);
            status == 200 && product.is_ok_and(|product| product.id == id)
        }
    };
    if right { Ok(()) } else { Err(format!("{path}: {status} {body}")) }
}

/// One request of so many changes a price.
const REPRICED: u64 = 200;
