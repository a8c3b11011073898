//! Servers that tests share, and what they ask them.

use std::sync::OnceLock;

use bytes::Bytes;
use cachefn_core::{Error, Keep, Storage};
use cachefn_redis::{Redis, RedisStorage};
use cachefn_servers::{Cluster, Server};

use crate::common::until;

/// A server for all tests that differ by their prefix.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

/// A Cluster for all tests that differ by their prefix and kill nobody.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

/// The storage with this prefix on the common server.
pub(crate) async fn storage(prefix: &str) -> RedisStorage {
    let builder = Redis::builder(server().url()).prefix(prefix);
    builder.connect().await.expect("the server is there").storage()
}

/// Keeps a record without tokens.
pub(crate) async fn set(storage: &RedisStorage, name: &[u8], record: &str) -> Result<(), Error> {
    storage.set(name, Bytes::copy_from_slice(record.as_bytes()), Keep::default()).await
}

/// The text under a name.
pub(crate) async fn get(storage: &RedisStorage, name: &[u8]) -> Result<Option<String>, Error> {
    let found = storage.get(name).await?;
    Ok(found.map(|found| String::from_utf8_lossy(&found.record).into_owned()))
}

/// All names of a walk.
pub(crate) async fn walk(storage: &RedisStorage, prefix: &[u8]) -> Vec<Vec<u8>> {
    let (mut names, mut cursor) = (Vec::new(), Bytes::new());
    loop {
        let page = storage.scan(prefix, &cursor, 100).await.expect("a step of the walk");
        names.extend(page.names.iter().map(|name| name.to_vec()));
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    names.sort();
    names.dedup();
    names
}

/// How often the server was asked to run a command since its counts began.
pub(crate) fn calls(server: &Server, command: &str) -> u64 {
    let stats = server.cli(&["INFO", "commandstats"]);
    let line =
        stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0)
}

/// Tries until it works, for as long as servers need to find a new master.
pub(crate) async fn until_works<T, F: Future<Output = Result<T, Error>>>(
    mut call: impl FnMut() -> F,
) -> T {
    let mut last = None;
    until("the server answers again", async || {
        last = Some(call().await);
        matches!(last, Some(Ok(_)))
    })
    .await;
    last.and_then(Result::ok).expect("it has worked")
}
