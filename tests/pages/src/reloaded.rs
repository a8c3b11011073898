//! A cached function before and after its page is loaded again.

use cachefn_core::{NamedCache, cachefn};
use wasm_bindgen::prelude::*;

use crate::browser;

#[cachefn(cache = "reloaded")]
async fn made(id: u32) -> Result<String, std::io::Error> {
    Ok(format!("{id} at {}", js_sys::Math::random()))
}

/// Calls the function twice: its answer, and how often it was made and found in the storage.
#[wasm_bindgen]
pub async fn made_twice() -> Result<String, String> {
    let named = NamedCache::builder("reloaded").storage(browser::patient().build()).register();
    named.map_err(|error| error.to_string())?;
    let first = made(7).await.map_err(|error| error.to_string())?;
    let second = made(7).await.map_err(|error| error.to_string())?;
    let stats = made::cache().stats();
    let same = if first == second { "same" } else { "another" };
    Ok(format!("{first}, {same}, made {}, found {}", stats.loads, stats.storage_hits))
}
