//! A `tower` layer that caches responses as a cache that all clients share, by RFC 9111.
//!
//! What an origin says is obeyed; what says nothing is not kept. The table of the requirements, with a test
//! for each, is `docs/http.md`.
//!
//! ```
//! use axum::{Router, http::header::CACHE_CONTROL, routing::get};
//! use cachefn::http::HttpCache;
//!
//! # fn main() -> Result<(), cachefn::Error> {
//! let cache = HttpCache::builder("pages").cache_status("pages").build()?;
//! let page = || async { ([(CACHE_CONTROL, "public, max-age=60, stale-while-revalidate=30")], "hi") };
//! let app: Router = Router::new().route("/", get(page)).layer(cache.layer());
//! # drop(app);
//! # Ok(()) }
//! ```

mod answer;
mod asking;
mod body;
mod builder;
mod changing;
mod codec;
mod conditions;
mod directives;
mod epochs;
mod fetching;
mod freshen;
mod freshness;
mod handle;
mod headers;
mod heading;
mod inner;
mod kept;
mod key;
mod layer;
mod origin;
mod plan;
mod purge;
mod reader;
mod reference;
mod report;
mod service;
mod settings;
mod shelf;
mod storable;
mod stored;
mod tags;
#[cfg(test)]
mod tests;
mod vary;
mod wishes;

pub use body::ResponseBody;
pub use builder::HttpCacheBuilder;
pub use handle::HttpCache;
pub use kept::Kept;
pub use layer::{HttpCacheLayer, HttpCacheService};
pub use service::Origin;
pub use storable::Cookies;
