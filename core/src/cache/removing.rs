//! How entries leave all tiers of the asynchronous cache.

use alloc::string::String;
use alloc::vec::Vec;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::bus::Invalidation;
use crate::error::Error;
use crate::key::Lookup;
use crate::options::{Mode, Tier};

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Removes what is under `key` in all tiers; whether a tier had it. What loads it now is not stored.
    ///
    /// # Errors
    /// When the storage could not be asked: memory has let go of it all the same.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set(1, "one").await?;
    /// assert!(cache.delete(&1).await? && !cache.delete(&1).await?);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn delete<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Result<bool, Error> {
        self.inner.must_be_open("delete")?;
        let was_there = self.inner.memory.delete(key);
        let own = key.to_key();
        let delete = async {
            let Some((storage, name)) = self.inner.place("delete", &own, Tier::Both)? else {
                return self.inner.telling_of(Tier::Both, &own).after(Ok(was_there)).await;
            };
            let turn = storage.order.turn(&name).await;
            let telling = self.inner.telling_of(Tier::Both, &own);
            self.inner.revoke(storage, [&*name].into_iter()).await;
            let was_stored = storage.forget(&name).await;
            // What was written before this turn, or promoted before the record went, goes too.
            let was_there = self.inner.memory.delete(key) || was_there;
            drop(turn);
            telling.after(was_stored).await.map(|was_stored| was_stored || was_there)
        };
        self.inner.sees_keys([&own]).of(delete).await
    }

    /// Removes what is under many keys, with one call of the storage; how many were there.
    ///
    /// # Errors
    /// As [`delete`](Cache::delete).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set_many([(1, "one"), (2, "two")]).await?;
    /// assert_eq!(cache.delete_many(&[1, 3]).await?, 1);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn delete_many<'q, Q>(
        &self,
        keys: impl IntoIterator<Item = &'q Q>,
    ) -> Result<usize, Error>
    where
        Q: Lookup<K> + ?Sized + 'q,
    {
        self.inner.must_be_open("delete_many")?;
        let keys: Vec<&Q> = keys.into_iter().collect();
        let in_memory = self.inner.memory.delete_many(keys.iter().copied());
        let own: Vec<K> = keys.iter().map(|key| key.to_key()).collect();
        let delete = async {
            let telling = || self.inner.telling(Tier::Both, |peers| peers.of_keys(&own));
            let Some(storage) = self.inner.tier_for(Tier::Both) else {
                return telling().after(Ok(in_memory)).await;
            };
            let name = |key: &K| storage.name("delete_many", key);
            let names: Vec<String> = own.iter().map(name).collect::<Result<_, _>>()?;
            let turns = storage.order.turns(names.iter().map(|name| &**name)).await;
            let telling = telling();
            self.inner.revoke(storage, names.iter().map(|name| &**name)).await;
            let stored = storage.forget_many(&names).await;
            self.inner.memory.delete_many(keys);
            drop(turns);
            telling.after_some(stored).await.map(|stored| stored.max(in_memory))
        };
        self.inner.sees_keys(&own).of(delete).await
    }

    /// Makes what is under `key` stale now, in all tiers, or removes it when it has no time to be stale;
    /// whether it was fresh.
    ///
    /// # Errors
    /// As [`delete`](Cache::delete).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let minute = std::time::Duration::from_secs(60);
    /// let cache = Cache::<u32, u32>::builder("numbers").stale_if_error(minute).build()?;
    /// cache.set(1, 10).await?;
    /// assert!(cache.expire(&1).await?);
    /// assert_eq!(cache.get(&1).await?, None);
    /// assert_eq!(cache.get_or_fetch(&1, || async { Err("down") }).await, Ok(10));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn expire<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Result<bool, Error> {
        self.inner.must_be_open("expire")?;
        let was_fresh = self.inner.memory.expire(key);
        let own = key.to_key();
        let expire = async {
            let Some((storage, name)) = self.inner.place("expire", &own, Tier::Both)? else {
                return self.inner.telling_of(Tier::Both, &own).after(Ok(was_fresh)).await;
            };
            let turn = storage.order.turn(&name).await;
            let telling = self.inner.telling_of(Tier::Both, &own);
            self.inner.revoke(storage, [&*name].into_iter()).await;
            let expired = storage.expire(&name, self.inner.memory.wall_ms()).await;
            let was_fresh = self.inner.memory.expire(key) || was_fresh;
            drop(turn);
            telling.after(expired).await.map(|expired| expired || was_fresh)
        };
        self.inner.sees_keys([&own]).of(expire).await
    }

    /// Removes everything from all tiers. The storage forgets at once, and gives the space back later.
    ///
    /// # Errors
    /// When the storage could not be asked: memory is empty all the same.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set(1, "one").await?;
    /// cache.clear().await?;
    /// assert_eq!(cache.get(&1).await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn clear(&self) -> Result<(), Error> {
        self.inner.sees(|_| Invalidation::Everything).of(self.clear_unseen()).await
    }

    /// The same, told to nobody.
    pub(crate) async fn clear_unseen(&self) -> Result<(), Error> {
        self.inner.must_be_open("clear")?;
        self.inner.memory.clear();
        let telling = self.inner.telling(Tier::Both, |_| alloc::vec![Invalidation::Everything]);
        let Some(storage) = self.inner.tier_for(Tier::Both) else {
            return telling.after(Ok(())).await;
        };
        let cleared = storage.counted(storage.replace_namespace().await);
        self.inner.count_upheaval();
        // What was promoted before the storage knew goes too.
        self.inner.memory.clear();
        telling.after(cleared).await
    }

    /// Makes every entry with this tag unreachable at once, in all tiers, however many there are. What
    /// loads it now is not stored.
    ///
    /// # Errors
    /// As [`clear`](Cache::clear).
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd")).await?;
    /// cache.invalidate_by_tag("odd").await?;
    /// assert_eq!(cache.get(&1).await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tag(&self, tag: &str) -> Result<(), Error> {
        self.invalidate_by_tags_with([tag], Mode::Remove).await
    }

    /// [`invalidate_by_tag`](Cache::invalidate_by_tag) for several tags, in one call of the storage.
    ///
    /// # Errors
    /// As [`clear`](Cache::clear).
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd")).await?;
    /// cache.invalidate_by_tags(["odd", "even"]).await?;
    /// assert_eq!(cache.get(&1).await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tags<T: AsRef<str>>(
        &self,
        tags: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        self.invalidate_by_tags_with(tags, Mode::Remove).await
    }

    /// [`invalidate_by_tag`](Cache::invalidate_by_tag), to remove the entries or to make them stale.
    ///
    /// # Errors
    /// As [`clear`](Cache::clear).
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, Mode};
    /// # pollster::block_on(async {
    /// let minute = std::time::Duration::from_secs(60);
    /// let cache = Cache::<u32, u32>::builder("numbers").stale_if_error(minute).build()?;
    /// cache.set_with(1, 10, EntryOptions::new().tag("odd")).await?;
    /// cache.invalidate_by_tag_with("odd", Mode::Expire).await?;
    /// assert_eq!(cache.get(&1).await?, None);
    /// assert_eq!(cache.get_or_fetch(&1, || async { Err("down") }).await, Ok(10));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tag_with(&self, tag: &str, mode: Mode) -> Result<(), Error> {
        self.invalidate_by_tags_with([tag], mode).await
    }

    /// [`invalidate_by_tags`](Cache::invalidate_by_tags), to remove the entries or to make them stale.
    ///
    /// # Errors
    /// As [`clear`](Cache::clear).
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, Mode};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd")).await?;
    /// cache.invalidate_by_tags_with(["odd"], Mode::Expire).await?;
    /// assert_eq!(cache.get(&1).await?, None); // it had no time to be stale
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tags_with<T: AsRef<str>>(
        &self,
        tags: impl IntoIterator<Item = T>,
        mode: Mode,
    ) -> Result<(), Error> {
        let tags: Vec<String> = tags.into_iter().map(|tag| tag.as_ref().into()).collect();
        let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
        self.inner.sees_tags(&tags, mode).of(self.invalidate_unseen(&tags, mode)).await
    }

    /// The same, told to nobody.
    pub(crate) async fn invalidate_unseen(&self, tags: &[&str], mode: Mode) -> Result<(), Error> {
        self.inner.must_be_open("invalidate_by_tags")?;
        self.inner.memory.invalidate_by_tags_with(tags, mode);
        let told = |tags: &[&str]| tags.iter().map(|tag| String::from(*tag)).collect();
        let what = || alloc::vec![Invalidation::Tags(told(tags), mode)];
        let telling = self.inner.telling(Tier::Both, |_| what());
        let Some(storage) = self.inner.tier_for(Tier::Both) else {
            return telling.after(Ok(())).await;
        };
        let replaced = storage.counted(storage.replace_tags(tags, mode).await);
        self.inner.count_upheaval();
        // What was promoted before the storage knew goes too.
        self.inner.memory.invalidate_again(tags, mode);
        telling.after_some(replaced).await
    }
}
