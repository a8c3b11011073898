//! One registry for a whole program, for who wants no other.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cachefn_core::{Cache, Error, NamedValue};
use cachefn_tokio::Ended;

use super::face::Registry;
use crate::config::Config;

static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);

/// Reads a configuration and opens its services for the whole program: functions with
/// `#[cachefn(cache = "…")]` of their names find them from now on, also those that were called before.
///
/// # Errors
/// All that is wrong with the configuration, or all services that could not be opened; and when the program has
/// been set up before.
///
/// ```
/// use cachefn::prelude::*;
///
/// #[cachefn(cache = "user_cache", key = "user:{id}")]
/// async fn name(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cachefn.toml");
/// std::fs::write(&path, "[services.user_cache]\nttl = \"10m\"\n")?;
/// cachefn::init(&path).await?;
/// name(7).await;
/// let users = cachefn::cache::<String>("user_cache")?;
/// assert_eq!(users.get("user:7").await?.as_deref(), Some("user 7"));
/// assert!(cachefn::shutdown_all(std::time::Duration::from_secs(10)).await.is_clean());
/// # Ok(()) }
/// ```
pub async fn init(path: impl AsRef<Path>) -> Result<Registry, Error> {
    if global().is_some() {
        return Err(Error::config("init", "this program has been set up; call it once"));
    }
    let registry = Registry::open_everywhere(Config::load(path)?).await?;
    *lock() = Some(registry.clone());
    Ok(registry)
}

/// A cache of [`init`]'s.
///
/// # Errors
/// Of kind `config` before `init`, and as [`Registry::cache`].
pub fn cache<V: NamedValue>(name: &str) -> Result<Cache<String, V>, Error> {
    match global() {
        Some(registry) => registry.cache(name),
        None => Err(Error::config("cache", "the program is not set up; call cachefn::init first")),
    }
}

/// Ends all services of [`init`]; as [`Registry::shutdown_all`]. Without one there is nothing to end.
pub async fn shutdown_all(deadline: Duration) -> Ended {
    match global() {
        Some(registry) => registry.shutdown_all(deadline).await,
        None => Ended::default(),
    }
}

fn global() -> Option<Registry> {
    lock().clone()
}

fn lock() -> std::sync::MutexGuard<'static, Option<Registry>> {
    // What a thread that panicked left is whole: it is only ever exchanged.
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}
