//! How values enter the asynchronous cache: memory at once, then the storage.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::finishing::Moment;
use super::inner::Inner;
use super::reading::Looker;
use crate::entry::Life;
use crate::error::Error;
use crate::options::{EntryOptions, Tier};
use crate::tier::{Desk, Start, StorageTier};

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Stores a value in all tiers under the settings of the cache; the old one leaves.
    ///
    /// # Errors
    /// When a tier did not take it: memory as [`MemoryCache::set`](crate::MemoryCache::set), the
    /// storage when it could not be asked, of kind `codec` when the value has no bytes. Another tier
    /// may have it then.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<String, u32>::builder("numbers").build()?;
    /// cache.set("a".into(), 1).await?;
    /// cache.set("a".into(), 2).await?;
    /// assert_eq!(cache.get("a").await?, Some(2));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn set(&self, key: K, value: V) -> Result<(), Error> {
        self.set_with(key, value, EntryOptions::new()).await
    }

    /// Stores a value with settings of its own. A TTL of zero stores nothing and removes the old one.
    ///
    /// # Errors
    /// As [`set`](Cache::set).
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions};
    /// # pollster::block_on(async {
    /// let cache = Cache::<String, u32>::builder("numbers").build()?;
    /// cache.set_with("a".into(), 1, EntryOptions::new().tag("letters")).await?;
    /// cache.invalidate_by_tag("letters").await?;
    /// assert_eq!(cache.get("a").await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn set_with(&self, key: K, value: V, options: EntryOptions) -> Result<(), Error> {
        self.inner.must_be_open("set")?;
        let tier = Inner::<K, V>::tier_of(&options);
        let Some((storage, name)) = self.inner.place("set", &key, tier)? else {
            let telling = self.inner.telling_of(tier, &key);
            return telling.after(self.inner.memory.set_with(key, value, options)).await;
        };
        let before = self.inner.before();
        let start = storage.counted(storage.begin(&options.tags).await);
        let turn = storage.order.turn(&name).await;
        let telling = self.inner.telling_of(tier, &key);
        let moment = self.inner.moment(storage);
        let remembered = self.inner.remember(&key, &value, &options);
        self.inner.revoke(storage, [&*name].into_iter()).await;
        let kept = match start {
            Ok(start) => self.inner.insist(storage, &name, &value, &options, start, &moment).await,
            Err(error) => Err(error),
        };
        // What was read from the storage before is older.
        self.inner.memory.fence(&key);
        self.inner.yield_to_others(&key, before);
        drop(turn);
        let kept = telling.after(kept).await;
        remembered.and(kept.map(drop))
    }

    /// Stores many values under the settings of the cache, in order, with one call of the storage.
    ///
    /// # Errors
    /// The first of those of [`set`](Cache::set); the others are stored all the same.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set_many([(1, "one"), (2, "two")]).await?;
    /// assert_eq!(cache.len(), 2);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn set_many(&self, entries: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        self.inner.must_be_open("set_many")?;
        let (keys, values): (Vec<K>, Vec<V>) = entries.into_iter().unzip();
        let Some(storage) = self.inner.tier_for(Tier::Both) else {
            let telling = self.inner.telling(Tier::Both, |peers| peers.of_keys(&keys));
            let entries = keys.into_iter().zip(values);
            return telling.after(self.inner.memory.set_many(entries)).await;
        };
        let options = EntryOptions::new();
        let named = keys.iter().map(|key| storage.name("set_many", key));
        let names: Vec<String> = named.collect::<Result<_, _>>()?;
        let all = || names.iter().map(|name| &**name);
        let before = self.inner.before();
        let start = storage.counted(storage.start(&[]).await);
        let turns = storage.order.turns(all()).await;
        let telling = self.inner.telling(Tier::Both, |peers| peers.of_keys(&keys));
        self.inner.revoke(storage, all()).await;
        let (mut result, moment) = (Ok(()), self.inner.moment(storage));
        let (mut parcels, mut gone) = (Vec::with_capacity(names.len()), Vec::new());
        let (mut kept, mut desk) = (Vec::with_capacity(names.len()), Desk::new());
        for ((name, key), value) in names.iter().zip(&keys).zip(values) {
            // Its bytes are made before memory has it, which then need not have a copy of it.
            let packed = start.as_ref().ok().map(|start| {
                let life = self.inner.memory.life_of(&value, &options);
                let Life::Times(times) = life else { return Ok(None) };
                storage.pack(name, &value, times, start, moment.wall_ms, &mut desk).map(Some)
            });
            result = result.and(self.inner.memory.set(key.clone(), value));
            match packed {
                Some(Ok(Some(parcel))) => {
                    kept.push(&**name);
                    parcels.push(parcel.given(true));
                }
                Some(Ok(None)) => gone.push(name.clone()),
                Some(Err(error)) => {
                    gone.push(name.clone());
                    result = result.and(Err(error));
                }
                None => {}
            }
        }
        if let Some(start) = start.as_ref().ok().filter(|_| !parcels.is_empty()) {
            let written = storage.keep_many(&kept, parcels, start).await;
            if written.is_ok() {
                kept.into_iter().for_each(|name| storage.spare(&moment.passed, name));
            }
            result = result.and(written);
        }
        let forgotten = if gone.is_empty() { Ok(0) } else { storage.forget_many(&gone).await };
        self.inner.memory.fence_many(&keys);
        keys.iter().for_each(|key| self.inner.yield_to_others(key, before));
        drop(turns);
        let result = result.and(start.map(drop)).and(forgotten.map(drop));
        telling.after_some(result).await
    }

    /// Stores a value if no tier has a fresh one; whether it did. Of several callers one does, as long
    /// as they are of one process: the storage is asked before.
    ///
    /// # Errors
    /// As [`set`](Cache::set).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// assert!(cache.set_if_absent(1, "one").await?);
    /// assert!(!cache.set_if_absent(1, "another").await?);
    /// assert_eq!(cache.get(&1).await?, Some("one"));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn set_if_absent(&self, key: K, value: V) -> Result<bool, Error> {
        self.inner.must_be_open("set_if_absent")?;
        let Some((storage, name)) = self.inner.place("set_if_absent", &key, Tier::Both)? else {
            let telling = self.inner.telling_of(Tier::Both, &key);
            return match self.inner.memory.set_if_absent(key, value) {
                Ok(false) => {
                    telling.nothing();
                    Ok(false)
                }
                stored => telling.after(stored).await,
            };
        };
        let (options, before) = (EntryOptions::new(), self.inner.before());
        let start = storage.counted(storage.start(&[]).await)?;
        let turn = storage.order.turn(&name).await;
        if self.hold().find(&key, Looker::Writer).await?.is_some() {
            return Ok(false);
        }
        let moment = self.inner.moment(storage);
        if !self.inner.memory.set_if_absent(key.clone(), value.clone())? {
            return Ok(false);
        }
        let telling = self.inner.telling_of(Tier::Both, &key);
        self.inner.revoke(storage, [&*name].into_iter()).await;
        let kept = self.inner.keep(storage, &name, &value, &options, &start, &moment).await;
        self.inner.memory.fence(&key);
        self.inner.yield_to_others(&key, before);
        drop(turn);
        telling.after(kept.map(|_| true)).await
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// As [`keep`](Self::keep) for a value that its caller has: made after whatever was replaced, so
    /// it is written again under the tokens that are there now.
    async fn insist(
        &self,
        storage: &StorageTier<K, V>,
        name: &str,
        value: &V,
        options: &EntryOptions,
        start: Start,
        moment: &Moment,
    ) -> Result<Option<Bytes>, Error> {
        let is_guess = start.is_guess();
        let kept = self.keep(storage, name, value, options, &start, moment).await?;
        if kept.is_some() || !is_guess {
            return Ok(kept);
        }
        let start = storage.counted(storage.start(&options.tags).await)?;
        self.keep(storage, name, value, options, &start, moment).await
    }

    /// Stores a value in memory, or lets the old one go where only the storage is meant.
    fn remember(&self, key: &K, value: &V, options: &EntryOptions) -> Result<(), Error> {
        if Self::tier_of(options) == Tier::Storage {
            self.memory.delete(key);
            return Ok(());
        }
        self.memory.set_with(key.clone(), value.clone(), options.clone())
    }
}
