//! A service of user profiles: a slow table, a cache in memory and in a file before it, three routes.

pub mod client;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use cachefn_core::{BoxFuture, Cache, Error, Postcard, Runtime};
use cachefn_file::FileStorage;
use serde::{Deserialize, Serialize};

/// What the service answers with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub id: u32,
    pub name: String,
}

/// What its handlers share; clones are the same.
#[derive(Clone)]
pub struct Service {
    profiles: Cache<u32, Option<Profile>>,
    table: Arc<Table>,
}

impl Service {
    /// Opens the cache; profiles of an earlier run are in the file.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(file: &Path) -> Result<Self, Error> {
        let profiles = Cache::builder("profiles")
            .max_entries(10_000)
            .ttl(Duration::from_secs(300))
            .negative_ttl(Duration::from_secs(5))
            .stale_while_revalidate(Duration::from_secs(60))
            .load_timeout(Duration::from_secs(2))
            .runtime(Tokio)
            .storage(FileStorage::open(file)?)
            .codec(Postcard)
            .build()?;
        Ok(Service { profiles, table: Arc::default() })
    }

    pub fn router(self) -> Router {
        Router::new()
            .route("/users/{id}", get(profile))
            .route("/users/{id}/name", put(rename))
            .route("/stats", get(stats))
            .with_state(self)
    }

    /// Writes out what the cache still has to write.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn close(&self) -> Result<(), Error> {
        self.profiles.close().await
    }
}

async fn profile(
    State(service): State<Service>,
    Segment(id): Segment<u32>,
) -> Result<Json<Profile>, StatusCode> {
    let Service { profiles, table } = service;
    // The flight owns its fetcher: a client that hangs up does not end the load others wait for.
    let load = move || async move { table.read(id).await };
    let found = profiles.get_or_fetch_shared(&id, load).await;
    found.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn rename(
    State(service): State<Service>,
    Segment(id): Segment<u32>,
    name: String,
) -> StatusCode {
    service.table.write(id, name);
    // After the write: a load that read the old name is not stored any more.
    match service.profiles.delete(&id).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE, // the file may still have the old name
    }
}

async fn stats(State(service): State<Service>) -> String {
    let stats = service.profiles.stats();
    let (hits, loads, file) = (stats.hits, stats.loads, stats.storage_hits);
    let reads = service.table.reads.load(Relaxed);
    format!(
        "hits: {hits}, of them from the file: {file}, loads: {loads}, reads of the table: {reads}\n"
    )
}

/// What the cache asks of tokio.
struct Tokio;

impl Runtime for Tokio {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A table that takes its time.
#[derive(Default)]
struct Table {
    renamed: std::sync::Mutex<std::collections::HashMap<u32, String>>,
    reads: AtomicU32,
}

impl Table {
    async fn read(&self, id: u32) -> Option<Profile> {
        self.reads.fetch_add(1, Relaxed);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let renamed = self.renamed.lock().expect("no handler panics with it").get(&id).cloned();
        let name = renamed.unwrap_or_else(|| format!("user {id}"));
        (id < 1_000).then_some(Profile { id, name })
    }

    fn write(&self, id: u32, name: String) {
        self.renamed.lock().expect("no handler panics with it").insert(id, name);
    }
}
