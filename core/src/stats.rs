//! What a cache counts.

use core::time::Duration;

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
    /// Reads answered with a stale value while another caller fetched; each is also a miss.
    pub stale_hits: u64,
    /// Fetchers whose failure was answered with a stale value.
    pub stale_on_error: u64,
    /// Fetchers that gave a value.
    pub loads: u64,
    /// Fetchers that failed or panicked.
    pub load_failures: u64,
    /// How long fetchers ran, by the cache's clock.
    pub load_time: Duration,
    /// Values stored.
    pub sets: u64,
    /// Living entries removed by `delete`.
    pub deletes: u64,
    /// Entries that the policy chose to leave.
    pub evictions: u64,
    /// Values refused because they weigh more than the whole cache may.
    pub too_heavy: u64,
    /// Entries reclaimed after their deadline.
    pub expirations: u64,
    /// Calls that invalidated a tag or a pattern.
    pub invalidations: u64,
    /// Loaded values not stored because the key was written or invalidated meanwhile.
    pub fenced: u64,
    /// Entries now, dead ones that were not reclaimed yet included.
    pub size: u64,
    /// What the entries weigh together; 0 for a cache without a weigher.
    pub weight: u64,
    /// Bytes that the cache has allocated, about, its overhead included; what keys and values own
    /// elsewhere (the text of a `String`) is not.
    pub memory_usage: u64,
    /// Values that the storage had; counted as hits, too.
    pub storage_hits: u64,
    /// Looks into the storage that found nothing fresh.
    pub storage_misses: u64,
    /// Calls of the storage that failed.
    pub storage_failures: u64,
    /// Records that could not be read: misses.
    pub decode_failures: u64,
    /// Records from more than five seconds in the future: misses.
    pub skewed: u64,
    /// Messages of other caches that concerned this one.
    pub bus_messages: u64,
    /// Messages that the other caches could not be told at once, or that were not understood.
    pub bus_failures: u64,
    /// Loads that waited for what another process was making.
    pub lease_waits: u64,
    /// Loads that began though another process may have been making the value, because that could not be
    /// found out or took too long; and values that were not stored because it was not known any more.
    pub lease_failures: u64,
}

impl Stats {
    /// Hits per read, from 0 to 1; 0 when nothing was read.
    ///
    /// ```
    /// assert_eq!(cachefn_core::Stats::default().hit_rate(), 0.0);
    /// ```
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
            stale_hits,
            stale_on_error,
            loads,
            load_failures,
            load_time,
            sets,
            deletes,
            evictions,
            expirations,
            invalidations,
            fenced,
            too_heavy,
            size,
            weight,
            memory_usage,
            storage_hits,
            storage_misses,
            storage_failures,
            decode_failures,
            skewed,
            bus_messages,
            bus_failures,
            lease_waits,
            lease_failures,
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
        self.stale_hits += stale_hits;
        self.stale_on_error += stale_on_error;
        self.load_time += *load_time;
        self.too_heavy += too_heavy;
        self.size += size;
        self.weight = self.weight.saturating_add(*weight);
        self.memory_usage += memory_usage;
        self.storage_hits += storage_hits;
        self.storage_misses += storage_misses;
        self.storage_failures += storage_failures;
        self.decode_failures += decode_failures;
        self.skewed += skewed;
        self.bus_messages += bus_messages;
        self.bus_failures += bus_failures;
        self.lease_waits += lease_waits;
        self.lease_failures += lease_failures;
    }
}
