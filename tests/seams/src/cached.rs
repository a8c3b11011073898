//! A cache over any storage, as an asynchronous function uses one.

use alloc::string::String;

use cachefn_core::{Cache, Error, Postcard, Storage};

/// Asks, computes and invalidates.
///
/// # Errors
/// Those of the cache.
pub async fn through_a_cache<S: Storage>(storage: S) -> Result<usize, Error> {
    let builder = Cache::<String, usize>::builder("lengths").storage(storage).codec(Postcard);
    let cache = builder.max_entries(100).build()?;
    let text = String::from("borrowed by the fetcher");
    let length = cache.get_or_fetch("key", || async { text.len() }).await;
    cache.invalidate_by_tag("tag").await?;
    cache.close().await?;
    Ok(length)
}
