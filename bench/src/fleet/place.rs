//! A Redis for one measurement, and both ways to it.

use std::env;
use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use cachefn_core::{Cache, Postcard, Storage};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::TokioRuntime;
use redis::aio::MultiplexedConnection;
use tokio::runtime::{Builder, Runtime};

/// # Errors
/// There is no `redis-server` to start.
pub fn is_installed() -> Result<(), String> {
    let program = env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
    let answer = Command::new(&program).arg("--version").output();
    let shown = program.to_string_lossy();
    answer.map(drop).map_err(|error| {
        format!(
            "start {shown}: {error}; `cargo xtask bench redis` installs it where it may (Debian: \
             `apt-get install redis-server`), and REDIS_SERVER names another one"
        )
    })
}

/// A server of its own, and a runtime of one thread with a connection of each kind.
pub struct Place {
    pub server: Server,
    pub tokio: Runtime,
    pub redis: Redis,
    pub bare: MultiplexedConnection,
}

impl Place {
    /// # Errors
    /// A connection fails.
    pub fn new() -> Result<Self, String> {
        let server = Server::start();
        let url = server.url();
        Place::at(server, &url)
    }

    /// The same by another way to the server.
    ///
    /// # Errors
    /// As [`new`](Place::new).
    pub fn at(server: Server, url: &str) -> Result<Self, String> {
        let tokio = Builder::new_current_thread().enable_all().build().map_err(text)?;
        let (redis, bare) = tokio.block_on(async {
            let redis = Redis::connect(url).await.map_err(text)?;
            // The version of the protocol that the storage speaks, too.
            let client = redis::Client::open(format!("{url}?protocol=resp3"));
            let bare = client.map_err(text)?.get_multiplexed_async_connection().await;
            Ok::<_, String>((redis, bare.map_err(text)?))
        })?;
        Ok(Place { server, tokio, redis, bare })
    }

    /// What starts tasks in the runtime.
    pub fn runtime(&self) -> TokioRuntime {
        TokioRuntime::new(self.tokio.handle().clone())
    }
}

/// Texts in memory and a storage.
///
/// # Errors
/// There is no memory for them.
pub fn cache(name: &str, storage: impl Storage) -> Result<Cache<u64, String>, String> {
    let builder = Cache::<u64, String>::builder(name).max_entries(10_000).ttl(LIFE);
    builder.storage(storage).codec(Postcard).build().map_err(text)
}

/// 256 bytes that tell their key.
pub fn value(key: u64) -> String {
    // Quickly made, because some are made while time is taken.
    let mut value = ".".repeat(LENGTH - 20);
    let _ = write!(value, "{key:020}");
    value
}

pub fn text(error: impl ToString) -> String {
    error.to_string()
}

/// Of all that is written.
pub const LIFE: Duration = Duration::from_secs(600);
pub const LENGTH: usize = 256;
pub const WELL: &str = "nothing breaks this server";
