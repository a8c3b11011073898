//! The names that most programs need: `use cachefn::prelude::*`.

pub use crate::cachefn;
pub use cachefn_core::{Cache, CacheKey, EntryOptions, Error, MemoryCache, NamedCache, Policy};
#[cfg(feature = "file")]
pub use cachefn_file::FileStorage;
#[cfg(feature = "redis")]
pub use cachefn_redis::Redis;
#[cfg(feature = "rocksdb")]
pub use cachefn_rocksdb::RocksDbStorage;
#[cfg(feature = "tokio")]
pub use cachefn_tokio::{Guarded, Outbox, Shutdown, TokioRuntime};
