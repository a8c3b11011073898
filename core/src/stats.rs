//! What a cache counts.

/// Counts since the cache was built; `clear` resets nothing.
///
/// ```
/// use cachefn_core::MemoryCache;
///
/// let cache = MemoryCache::<String, _>::builder().build()?;
/// cache.set("a".into(), 1)?;
/// cache.get("a");
/// cache.get("b");
/// let stats = cache.stats();
/// assert_eq!((stats.hits, stats.misses, stats.hit_rate()), (1, 1, 0.5));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Reads that found a living entry.
    pub hits: u64,
    /// Reads that found none.
    pub misses: u64,
    /// Fetchers that gave a value.
    pub loads: u64,
    /// Fetchers that failed or panicked.
    pub load_failures: u64,
    /// Values stored.
    pub sets: u64,
    /// Living entries removed by `delete`.
    pub deletes: u64,
    /// Entries that the policy chose to leave.
    pub evictions: u64,
    /// Entries reclaimed after their deadline.
    pub expirations: u64,
    /// Calls that invalidated a tag or a pattern.
    pub invalidations: u64,
    /// Loaded values not stored because the key was written or invalidated meanwhile.
    pub fenced: u64,
    /// Entries now, dead ones that were not reclaimed yet included.
    pub size: u64,
}

impl Stats {
    /// Hits per read, from 0 to 1; 0 when nothing was read.
    pub fn hit_rate(&self) -> f64 {
        let reads = self.hits + self.misses;
        if reads == 0 { 0.0 } else { self.hits as f64 / reads as f64 }
    }

    /// Adds the counts of another shard.
    #[cfg(feature = "std")]
    pub(crate) fn add(&mut self, other: &Stats) {
        let Stats {
            hits,
            misses,
            loads,
            load_failures,
            sets,
            deletes,
            evictions,
            expirations,
            invalidations,
            fenced,
            size,
        } = other;
        self.hits += hits;
        self.misses += misses;
        self.loads += loads;
        self.load_failures += load_failures;
        self.sets += sets;
        self.deletes += deletes;
        self.evictions += evictions;
        self.expirations += expirations;
        self.invalidations += invalidations;
        self.fenced += fenced;
        self.size += size;
    }
}
