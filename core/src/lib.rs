//! Caching with the same rules everywhere: one line above a function and its results are cached.
//!
//! ```
//! use cachefn_core::{Cache, Glob, MemoryCache, cachefn};
//! # fn main() -> Result<(), cachefn_core::Error> {
//! #[cachefn(ttl = "5m", max_entries = 10_000, tags = ["user:{id}"])]
//! fn permissions(id: u64, area: &str) -> String {
//!     format!("rights of {id} in {area}") // imagine something slow
//! }
//! permissions(7, "eu"); // computed
//! permissions(7, "eu"); // from the cache, without an allocation for the key
//! permissions::cache().invalidate_by_tag("user:7");
//! assert_eq!(permissions::cache().stats().hit_rate(), 0.5);
//!
//! #[cachefn(ttl = "1h")]
//! async fn page(path: &str) -> Result<String, std::io::Error> {
//!     Ok(format!("the page {path}"))
//! }
//! # pollster::block_on(async {
//! page("/").await?; // and no runtime is needed for it
//! # Ok::<(), std::io::Error>(()) }).unwrap();
//!
//! let cache = MemoryCache::<String, u64>::builder().max_entries(10_000).build()?;
//! let answer = cache.get_or_fetch("answer", || 42);
//! assert_eq!((answer, cache.invalidate_by_pattern(&Glob::new("ans*")?)), (42, 1));
//!
//! let users = Cache::<u64, String>::builder("users").max_entries(10_000).build()?;
//! # pollster::block_on(async {
//! assert_eq!(users.get_or_fetch(&7, || async { "Ada".to_string() }).await, "Ada");
//! # });
//! # Ok(()) }
//! ```
//!
//! The module `guide` has a chapter for each problem.
//!
//! # Concepts
//! - A [`MemoryCache`] keeps values in memory for any number of threads; its twin
//!   [`unsync::MemoryCache`] serves one thread and needs no `std`. A [`Cache`] is for asynchronous code:
//!   memory, and behind it a [`Storage`] or none.
//! - [`cachefn`] is one of them in one line above a function, `async` or not. A [`NamedCache`] gives
//!   many such functions one storage, and what they share.
//! - An entry leaves when the cache is full, by number or by weight (the [`Policy`] chooses), when its
//!   TTL or time to idle has passed (dead at that very millisecond), when one of its tags or a [`Glob`]
//!   over its key is invalidated, or when it is replaced or deleted. Each value leaves once, with a
//!   [`Cause`].
//! - Between fresh and dead an entry may be stale for a while: `get_or_fetch` then may return it while
//!   one caller fetches anew, or when that fails.
//! - `get_or_fetch` runs one fetcher per key at a time. Errors pass through and are not stored; a value
//!   overtaken by a write or an invalidation is not stored either. When a fetcher fails, those who wait
//!   run theirs in turn; with `try_get_or_fetch`, and in functions whose errors can be cloned, all have
//!   that error.
//! - A storage keeps opaque bytes under names: [`Record`]s, made by a [`Codec`]. The crate `cachefn-file`
//!   has one that survives crashes, and `cachefn-wasm` those of browsers; a cached function never fails because its storage did.
//! - Caches that share a storage tell each other over a [`Bus`] what is not valid any more; without one,
//!   each goes on with what its own memory has.
//! - Of all processes that share a storage one makes a value, if they have [`Leases`]; the others wait for it.
//! - Nothing runs but what callers poll. A [`Runtime`] is asked for what happens beside them, and for
//!   time limits; without one a cache does without.
//! - Time comes from a [`Clock`]; tests use a [`ManualClock`], and whoever counts nanoseconds a
//!   [`CoarseClock`].
//!
//! # What it does not do
//! It talks to no server, brings no executor and starts no thread (but that of a `CoarseClock`). A
//! storage or a bus that hangs makes its callers wait. An unbounded map needs no cache: use a `HashMap`.
//!
//! # Features
//! `std`, `macros` and `postcard` (the codec), on by default; `json` and `messagepack` (codecs), `lz4`
//! (long records compressed). Without `std` the crate is `no_std` (with `alloc`) and offers the `unsync`
//! cache, and the codecs all the same, but for `messagepack`.

#![no_std]
#![deny(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(target_has_atomic = "ptr")]
mod bus;
#[cfg(feature = "std")]
mod cache;
mod cause;
mod clock;
#[cfg(feature = "std")]
mod coarse_clock;
#[cfg(target_has_atomic = "ptr")]
mod codec;
#[cfg(target_has_atomic = "ptr")]
mod codecs;
#[cfg(feature = "std")]
mod drive;
mod duration;
mod engine;
mod entry;
mod error;
mod event;
#[cfg(feature = "std")]
mod failure;
mod fetched;
mod ghost;
mod glob;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod hash;
mod history;
mod index;
#[cfg(feature = "std")]
mod kept;
mod key;
#[cfg(target_has_atomic = "ptr")]
mod lease;
mod maybe_send;
mod memory;
mod moment;
#[cfg(all(feature = "std", any(feature = "postcard", feature = "json", feature = "messagepack")))]
mod named;
mod nodes;
mod options;
#[cfg(feature = "std")]
mod platform;
mod policy;
mod raw;
#[cfg(feature = "std")]
mod readiness;
#[cfg(target_has_atomic = "ptr")]
mod record;
mod ring;
mod runtime;
mod sketch;
mod stats;
#[cfg(target_has_atomic = "ptr")]
mod storage;
#[cfg(feature = "std")]
mod sync;
mod tag;
mod template;
#[cfg(feature = "std")]
mod tier;
#[cfg(feature = "std")]
mod wakers;
mod wheel;

#[doc(hidden)]
pub mod private;

#[cfg(target_has_atomic = "ptr")]
pub use bus::{Bus, Hear, Hearing, Invalidation, Message, Notice};
#[cfg(feature = "std")]
pub use cache::{
    Cache, CacheKey, CacheValue, LoadContext, LoadEnd, LoadRole, LoadSpan, Removal, TracedLoad,
    Tracer, Warming, Witness,
};
#[cfg(feature = "macros")]
pub use cachefn_macros::cachefn;
pub use cause::Cause;
pub use clock::Clock;
#[cfg(target_has_atomic = "64")]
pub use clock::ManualClock;
#[cfg(feature = "std")]
pub use clock::SystemClock;
#[cfg(feature = "std")]
pub use coarse_clock::CoarseClock;
#[cfg(target_has_atomic = "ptr")]
pub use codec::Codec;
#[cfg(all(
    target_has_atomic = "ptr",
    any(feature = "postcard", feature = "json", feature = "messagepack")
))]
pub use codecs::AnyCodec;
#[cfg(all(target_has_atomic = "ptr", feature = "json"))]
pub use codecs::Json;
#[cfg(all(target_has_atomic = "ptr", feature = "messagepack"))]
pub use codecs::MessagePack;
#[cfg(all(target_has_atomic = "ptr", feature = "postcard"))]
pub use codecs::Postcard;
pub use error::{Error, ErrorKind};
pub use event::{Event, EventKind};
#[cfg(feature = "std")]
pub use failure::SharedError;
pub use fetched::Fetched;
pub use glob::Glob;
pub use key::{KeyText, Lookup};
#[cfg(target_has_atomic = "ptr")]
pub use lease::{Claim, Leases};
pub use maybe_send::{BoxFuture, MaybeSend, MaybeSync};
pub use memory::{Builder, FetchContext, byte_weight, unsync};
#[cfg(feature = "std")]
pub use memory::{MemoryCache, Subscription};
#[cfg(all(
    feature = "std",
    any(feature = "postcard", feature = "json", feature = "messagepack")
))]
pub use named::{NamedBuilder, NamedCache, NamedValue, with_cache, with_cache_async};
pub use options::{EntryOptions, Mode, Tier};
#[cfg(feature = "std")]
pub use platform::Platform;
pub use policy::Policy;
#[cfg(target_has_atomic = "ptr")]
pub use record::{Record, RecordTag};
pub use runtime::Runtime;
pub use stats::Stats;
#[cfg(target_has_atomic = "ptr")]
pub use storage::{AnyStorage, Capabilities, Found, Keep, Lease, Page, Put, Storage, Token};
#[cfg(feature = "std")]
pub use tier::{Condition, Inspected, Records};
