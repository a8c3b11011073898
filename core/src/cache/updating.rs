//! How a value of the asynchronous cache is changed in place.

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::reading::Looker;
use crate::error::{Error, ErrorKind};
use crate::options::{EntryOptions, Tier};

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Changes the value under `key` in place: `change` is given the fresh one, of any tier, and
    /// returns the new one, or nothing to remove it. The entry keeps its tags and times. In memory it
    /// is atomic: `change` runs again when the entry was changed meanwhile. The new value, if any.
    ///
    /// # Errors
    /// As [`set`](Cache::set).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<&str, u32>::builder("counts").build()?;
    /// cache.update("a", |count| Some(count.unwrap_or(0) + 1)).await?;
    /// cache.update("a", |count| Some(count.unwrap_or(0) + 1)).await?;
    /// assert_eq!(cache.get(&"a").await?, Some(2));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn update(
        &self,
        key: K,
        mut change: impl FnMut(Option<V>) -> Option<V>,
    ) -> Result<Option<V>, Error> {
        self.inner.must_be_open("update")?;
        let Some((storage, name)) = self.inner.place("update", &key, Tier::Both)? else {
            let telling = self.inner.telling_of(Tier::Both, &key);
            return telling.after(self.inner.memory.update(key, change)).await;
        };
        let before = self.inner.before();
        let turn = storage.order.turn(&name).await;
        let (mut attempts, mut was_there) = (0, false);
        let (start, moment, updated) = loop {
            attempts += 1;
            let known = self.inner.memory().contains(&key)
                || self.hold().find(&key, Looker::Writer).await?.is_some();
            let known = known && attempts < ATTEMPTS;
            let start = if known { None } else { Some(storage.counted(storage.start(&[]).await)?) };
            let (moment, mut vanished) = (self.inner.moment(storage), false);
            let change = |old: Option<V>| {
                was_there = old.is_some();
                // It left memory meanwhile, though it may be as good as before.
                vanished = known && !was_there;
                if vanished { None } else { change(old) }
            };
            let updated = self.inner.memory.update(key.clone(), change);
            if !vanished || updated.is_err() {
                break (start, moment, updated);
            }
        };
        let telling = self.inner.telling_of(Tier::Both, &key);
        let new = match updated {
            Err(error) if error.kind() == ErrorKind::TooHeavy => {
                return telling.after(storage.forget(&name).await.and(Err(error))).await;
            }
            Err(error) => {
                telling.nothing();
                return Err(error);
            }
            Ok(new) => new,
        };
        self.inner.revoke(storage, [&*name].into_iter()).await;
        let kept = match (&new, start) {
            (Some(value), Some(start)) if !was_there => {
                let options = EntryOptions::new();
                let kept = self.inner.keep(storage, &name, value, &options, &start, &moment);
                kept.await.map(|record| record.is_some())
            }
            // A record keeps its times and tags. Where there is none, those that the value has in memory
            // are not known here, and a record without them could not be invalidated.
            (Some(value), _) if was_there => {
                match storage.change(&name, value, moment.wall_ms).await {
                    Ok(false) => storage.forget(&name).await.map(|_| false),
                    changed => changed,
                }
            }
            _ => storage.forget(&name).await.map(|_| false),
        };
        self.inner.memory.fence(&key);
        if matches!(kept, Ok(false)) {
            self.inner.keep_no_secret(&key);
        }
        self.inner.yield_to_others(&key, before);
        drop(turn);
        telling.after(kept.map(|_| new)).await
    }
}

/// How often an update looks for a value that leaves memory again before it could be changed.
const ATTEMPTS: u32 = 8;
