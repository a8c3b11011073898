//! How the asynchronous cache is read.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::inner::{Fetcher, Hold};
use super::shared::Shared;
use crate::error::Error;
use crate::failure::OnFailure;
use crate::key::Lookup;
use crate::memory::{Flight, Landed, Leader, Turn, WaitsFor};
use crate::options::{EntryOptions, Tier};
use crate::tier::Look;

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// The fresh value under `key`; counts a hit or a miss. What only the storage has goes to memory,
    /// for the time it has left. A cache with a fetcher makes what no tier has.
    ///
    /// # Errors
    /// When memory does not have it and the storage could not be asked. A record that cannot be read
    /// is a miss.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<String, u32>::builder("numbers").build()?;
    /// cache.set("a".to_string(), 1).await?;
    /// assert_eq!(cache.get("a").await?, Some(1));
    /// assert_eq!(cache.get("b").await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    #[inline]
    pub async fn get<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Result<Option<V>, Error> {
        let Some(fetcher) = &self.inner.fetcher else {
            if let Some(value) = self.inner.hit(key) {
                return Ok(Some(value));
            }
            if self.inner.tier.is_none() {
                return self.inner.must_be_open("get").map(|()| None);
            }
            return Box::pin(self.hold().find(key, Looker::Reader)).await;
        };
        self.inner.must_be_open("get")?;
        let found = match self.found_shared(key, Tier::Both, EntryOptions::new) {
            Ok(Shared::Done(value)) => return Ok(Some(value)),
            found => found,
        };
        let miss = async {
            let entered = self.enter_shared(key, Tier::Both, found, OnFailure::IN_TURN).await;
            make(entered, key, fetcher).await
        };
        Ok(Some(Box::pin(miss).await))
    }

    /// The fresh value under each key, in their order; counts a hit or a miss for each. The storage is
    /// asked once for all that memory does not have.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set_many([(1, "one"), (2, "two")]).await?;
    /// assert_eq!(cache.get_many(&[2, 3]).await?, [Some("two"), None]);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn get_many<'q, Q>(
        &self,
        keys: impl IntoIterator<Item = &'q Q>,
    ) -> Result<Vec<Option<V>>, Error>
    where
        Q: Lookup<K> + ?Sized + 'q,
    {
        let keys: Vec<&Q> = keys.into_iter().collect();
        let mut found: Vec<Option<V>> = keys.iter().map(|key| self.inner.hit(*key)).collect();
        if found.iter().all(Option::is_some) {
            return Ok(found);
        }
        self.inner.must_be_open("get_many")?;
        let looked = self.look_for(&keys, &mut found).await;
        let Some(fetcher) = &self.inner.fetcher else { return looked.map(|()| found) };
        for (key, value) in keys.iter().zip(&mut found).filter(|(_, value)| value.is_none()) {
            let in_turn = OnFailure::IN_TURN;
            let entered = self.share(*key, Tier::Both, EntryOptions::new(), in_turn).await;
            *value = Some(make(entered, *key, fetcher).await);
        }
        Ok(found)
    }

    /// Looks in the storage, in one call, for all that memory did not have.
    async fn look_for<Q>(&self, keys: &[&Q], found: &mut [Option<V>]) -> Result<(), Error>
    where
        Q: Lookup<K> + ?Sized,
    {
        let Some(storage) = self.inner.tier_for(Tier::Both) else { return Ok(()) };
        let missing = found.iter_mut().zip(keys).filter(|(value, _)| value.is_none());
        let missing: Vec<(&mut Option<V>, K)> =
            missing.map(|(value, key)| (value, key.to_key())).collect();
        let name = |(_, key): &(_, K)| storage.name("get_many", key);
        let names: Vec<String> = missing.iter().map(name).collect::<Result<_, _>>()?;
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        // Begun before the look, so that what is written meanwhile fences the promotion.
        let flights: Vec<_> = missing.iter().map(|(_, key)| self.hold().glance(key)).collect();
        let looks = storage.look_many(&names, self.inner.memory.wall_ms()).await?;
        let looks = names.iter().zip(looks).zip(flights);
        for ((value, key), ((name, look), flight)) in missing.into_iter().zip(looks) {
            storage.count(&look);
            match (look, flight) {
                (Look::Fresh(own, terms), Some(flight)) => {
                    let promotes = self.inner.promotes && !storage.order.is_taken(name);
                    flight.promote(&own, terms, promotes);
                    *value = Some(own);
                }
                (Look::Fresh(own, _), None) => *value = Some(own),
                (look, flight) => {
                    if let Look::Damaged(error) = look {
                        self.inner.tell_failure(&key, &error);
                    }
                    flight.into_iter().for_each(|flight| flight.nothing(Ok(())));
                }
            }
        }
        Ok(())
    }

    /// The fresh value under `key` in any tier, counting nothing and changing nothing.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set(1, "one").await?;
    /// assert_eq!(cache.peek(&1).await?, Some("one"));
    /// assert_eq!(cache.stats().hits, 0);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn peek<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Result<Option<V>, Error> {
        if let Some(value) = self.inner.memory().peek(key) {
            return Ok(Some(value));
        }
        let Some((storage, name)) = self.inner.place("peek", &key.to_key(), Tier::Both)? else {
            return self.inner.must_be_open("peek").map(|()| None);
        };
        match storage.peek(&name, self.inner.memory.wall_ms()).await? {
            Look::Fresh(value, _) => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// Whether a fresh entry is under `key` in any tier, counting nothing and changing nothing.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, &str>::builder("numbers").build()?;
    /// cache.set(1, "one").await?;
    /// assert!(cache.contains(&1).await? && !cache.contains(&2).await?);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn contains<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Result<bool, Error> {
        if self.inner.memory().contains(key) {
            return Ok(true);
        }
        self.peek(key).await.map(|value| value.is_some())
    }
}

/// Who looks for a key in the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looker {
    /// A read, which is counted, and which knows nothing of the changes under way.
    Reader,
    /// The change that has the turn.
    Writer,
}

/// The value of a cache that reads through.
async fn make<K, V, Q>(entered: Shared<'_, K, V, V>, key: &Q, fetcher: &Fetcher<K, V>) -> V
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
{
    match entered {
        Shared::Done(value) => value,
        Shared::Begin(departure) => {
            let (fetcher, own) = (fetcher.clone(), departure.key.clone());
            departure.load(move || fetcher(own), |_, _| (), OnFailure::IN_TURN).await
        }
        Shared::Lead(load) => {
            let value = load.run(fetcher(key.to_key())).await;
            load.finish(value, OnFailure::IN_TURN).await
        }
    }
}

impl<K: CacheKey, V: CacheValue> Hold<'_, K, V>
where
    K: Lookup<K>,
{
    /// The right to promote what the storage has under a key, unless that is under way already.
    fn glance(self, key: &K) -> Option<Flight<K, V, Self>> {
        match self.turn(key, &mut EntryOptions::new(), Leader::Look, None) {
            Turn::Lead(takeoff) => Some(self.clone().begin(takeoff, Tier::Both).flight),
            Turn::Found(_) | Turn::Wait(_) => None,
        }
    }

    /// What memory missed, from the storage. Of those who look for one key, one asks.
    pub(super) async fn find<Q: Lookup<K> + ?Sized>(
        self,
        key: &Q,
        looker: Looker,
    ) -> Result<Option<V>, Error> {
        let inner = self.inner();
        inner.must_be_open("get")?;
        inner.check_trust();
        let own = key.to_key();
        let Some((storage, name)) = inner.place("get", &own, Tier::Both)? else { return Ok(None) };
        let mut waited = None;
        loop {
            match self.turn(key, &mut EntryOptions::new(), Leader::Look, waited.take()) {
                Turn::Found(value) => return Ok(Some(value)),
                Turn::Wait(waiter) => {
                    match self.landed(key, &waiter, WaitsFor::Look).await {
                        Some(Landed::Value(value)) => return Ok(Some(V::clone(&value))),
                        Some(Landed::Nothing(known)) => return known.map(|()| None),
                        Some(_) => {}
                        None => return Ok(None),
                    }
                    waited = Some(waiter);
                }
                Turn::Lead(takeoff) => {
                    let flight = self.clone().begin(takeoff, Tier::Both).flight;
                    let look = storage.look(&name, inner.memory.wall_ms()).await;
                    if let (Looker::Reader, Ok(look)) = (looker, &look) {
                        storage.count(look);
                    }
                    return match look {
                        Ok(Look::Fresh(value, terms)) => {
                            let taken = looker == Looker::Reader && storage.order.is_taken(&name);
                            flight.promote(&value, terms, inner.promotes && !taken);
                            Ok(Some(value))
                        }
                        Ok(look) => {
                            if let Look::Damaged(error) = look {
                                inner.tell_failure(&own, &error);
                            }
                            flight.nothing(Ok(()));
                            Ok(None)
                        }
                        Err(error) => {
                            flight.nothing(Err(error.clone()));
                            Err(error)
                        }
                    };
                }
            }
        }
    }
}
