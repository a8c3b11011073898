//! How entries whose keys match a pattern leave all tiers of the asynchronous cache.

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::bus::Invalidation;
use crate::error::Error;
use crate::glob::Glob;
use crate::key::KeyText;
use crate::options::{Mode, Tier};

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Removes every entry whose text of the key matches one of the patterns; how many, at least. New
    /// entries that are written meanwhile stay.
    ///
    /// # Errors
    /// Of kind `unsupported` when the storage cannot list its names: then nothing was removed. As
    /// [`clear`](Cache::clear) otherwise.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Glob};
    /// # pollster::block_on(async {
    /// let cache = Cache::<String, u32>::builder("numbers").build()?;
    /// cache.set_many([("user:1".into(), 1), ("page:1".into(), 2)]).await?;
    /// assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("user:")).await?, 1);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_pattern(
        &self,
        patterns: &(impl AsRef<[Glob]> + ?Sized),
    ) -> Result<usize, Error>
    where
        K: KeyText,
    {
        self.inner.must_be_open("invalidate_by_pattern")?;
        let patterns = patterns.as_ref();
        let told = || {
            let patterns = patterns.iter().map(|pattern| pattern.as_str().into());
            Invalidation::Patterns(patterns.collect(), Mode::Remove)
        };
        let sweep = async {
            let telling = || self.inner.telling(Tier::Both, |_| alloc::vec![told()]);
            let Some(storage) = self.inner.tier_for(Tier::Both) else {
                let in_memory = self.inner.memory.invalidate_by_pattern(patterns);
                return telling().after(Ok(in_memory)).await;
            };
            storage.must_scan("invalidate_by_pattern")?;
            // From here on nobody promotes what is swept; who was about to is fenced by the next line.
            let sweep = storage.sweep(patterns, self.inner.memory.wall_ms());
            let in_memory = self.inner.memory.invalidate_by_pattern(patterns);
            sweep.is_through_memory();
            // Records that are being written now are older than this call.
            storage.order.settle().await;
            let telling = telling();
            let swept = sweep.run().await;
            // What was read from the storage before it was swept is older, too. Where others look there as
            // well, a new entry whose record was just gone may not stay here either.
            match &self.inner.peers {
                Some(peers) => self.inner.forget_globs(peers, patterns, Mode::Remove),
                None => self.inner.memory.fence_matching(patterns),
            }
            telling.after_some(swept).await.map(|swept| swept.max(in_memory))
        };
        self.inner.sees(|_| told()).of(sweep).await
    }
}
