//! What `main.mjs` tries with two programs in one page: both load this module.

use cachefn_core::{Cache, EntryOptions, Error, Json, Postcard, Tier};
use cachefn_wasm::WebStorage;
use wasm_bindgen::prelude::*;

use crate::browser;

thread_local! {
    static CACHE: Cache<String, String> = {
        let storage = browser::patient().build();
        let builder = Cache::builder("shared").storage(storage).codec(Postcard);
        builder.build().expect("these settings work together")
    };
}

/// Sets an entry with a tag.
#[wasm_bindgen]
pub async fn set(key: String, value: String, tag: String) -> Result<(), String> {
    let options = EntryOptions::new().tag(&*tag).tier(Tier::Storage);
    told(cache().set_with(key, value, options).await)
}

/// What is there, or what is made of it; memory is not asked.
#[wasm_bindgen]
pub async fn fetched(key: String, otherwise: String) -> String {
    let options = EntryOptions::new().tier(Tier::Storage);
    cache().get_or_fetch_with(&key, options, |_| async { otherwise }).await
}

/// Invalidates a tag.
#[wasm_bindgen]
pub async fn invalidate(tag: String) -> Result<(), String> {
    told(cache().invalidate_by_tag(&tag).await)
}

/// The first token of this program.
#[wasm_bindgen]
pub async fn token() -> Result<String, String> {
    crate::platform::token().await.map(|token| format!("{token:?}"))
}

/// Sets an entry as the package for JavaScript reads it.
#[wasm_bindgen]
pub async fn set_for_javascript(key: String, value: String, tag: String) -> Result<(), String> {
    told(shared_with_javascript()?.set_with(key, value, EntryOptions::new().tag(&*tag)).await)
}

/// What the package for JavaScript has set.
#[wasm_bindgen]
pub async fn get_from_javascript(key: String) -> Result<Option<String>, String> {
    told(shared_with_javascript()?.get(&key).await)
}

/// Invalidates a tag of what both have set.
#[wasm_bindgen]
pub async fn invalidate_for_javascript(tag: String) -> Result<(), String> {
    told(shared_with_javascript()?.invalidate_by_tag(&tag).await)
}

/// Each time without a memory of what was.
fn shared_with_javascript() -> Result<Cache<String, String>, String> {
    let builder = Cache::builder("exchange").storage(WebStorage::local()).codec(Json);
    told(builder.build())
}

fn cache() -> Cache<String, String> {
    CACHE.with(Clone::clone)
}

fn told<T>(result: Result<T, Error>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
