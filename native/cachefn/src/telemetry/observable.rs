//! What can be observed: whatever counts.

use std::hash::Hash;
use std::sync::Arc;

use cachefn_core::{Cache, CacheKey, CacheValue, MemoryCache, NamedCache, Stats};

/// A cache whose counts can be read at any time. A [`MemoryCache`], which has no clones, is shared by an
/// `Arc`, or is that of a function for ever.
///
/// ```
/// use cachefn::telemetry::Observable;
/// let cache = cachefn::MemoryCache::builder().build()?;
/// cache.set(1, "one")?;
/// assert_eq!(Observable::stats(&cache).sets, 1);
/// # Ok::<(), cachefn::Error>(())
/// ```
pub trait Observable: Send + Sync + 'static {
    /// What was counted since the cache was built.
    fn stats(&self) -> Stats;
}

impl<K, V> Observable for MemoryCache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn stats(&self) -> Stats {
        MemoryCache::stats(self)
    }
}

impl<K: CacheKey, V: CacheValue> Observable for Cache<K, V> {
    fn stats(&self) -> Stats {
        Cache::stats(self)
    }
}

/// All its functions together.
impl Observable for NamedCache {
    fn stats(&self) -> Stats {
        NamedCache::stats(self)
    }
}

impl<C: Observable> Observable for Arc<C> {
    fn stats(&self) -> Stats {
        C::stats(self)
    }
}

impl<C: Observable> Observable for &'static C {
    fn stats(&self) -> Stats {
        C::stats(self)
    }
}
