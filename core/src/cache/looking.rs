//! The one who leads looks into the storage before a fetcher runs.

use alloc::boxed::Box;
use alloc::string::String;
use core::pin::pin;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Load, Outside};
use super::inner::Inner;
use super::least::Least;
use super::tracer::LoadEnd;
use crate::error::Error;
use crate::fetched::Fetched;
use crate::options::Tier;
use crate::tier::{Look, Start};

/// The full name of a key, and what protects a value to be made.
type Protected = (String, Option<Start>);

/// What a look has brought.
pub(super) enum Looked<'c, K: CacheKey, V: CacheValue> {
    /// A value, which those who wait have, too.
    Found(V),
    /// Nothing that is fresh.
    Nothing(Load<'c, K, V>),
    /// The storage could not be asked.
    Failed(Load<'c, K, V>),
}

impl<'c, K: CacheKey, V: CacheValue> Load<'c, K, V> {
    /// Looks into the storage, as the one who leads.
    pub(super) async fn look<R: Fetched<V>>(
        self,
        key: K,
        tags: &[Box<str>],
        tier: Tier,
        least: Least,
    ) -> Entered<'c, K, V, R> {
        if self.flight.landing().is_none() || self.flight.cache().inner().tier_for(tier).is_none() {
            self.says_nothing(Ok(()));
            return Entered::Lead(self);
        }
        match self.look_once(key, Some(tags), tier, least).await {
            Looked::Found(value) => Entered::Done(R::hit(value)),
            Looked::Nothing(load) | Looked::Failed(load) => Entered::Lead(load),
        }
    }

    /// One look. With `tags`, if nothing fresh is there, what protects the value to be made.
    pub(super) async fn look_once(
        mut self,
        key: K,
        tags: Option<&[Box<str>]>,
        tier: Tier,
        least: Least,
    ) -> Looked<'c, K, V> {
        let hold = self.flight.cache().clone();
        let inner = hold.inner();
        let looked = self.span.around(pin!(inner.look_outside(&key, tags, tier, least))).await;
        match looked {
            Ok((Look::Fresh(value, terms), place)) => {
                let may = inner.promotes && inner.may_promote(place.as_ref());
                let in_memory = self.in_memory && may;
                self.flight.promote(&value, terms, in_memory);
                self.span.ends(LoadEnd::Hit);
                return Looked::Found(value);
            }
            Ok((look, place)) => {
                match look {
                    Look::Stale { value, tags, revalidates_for, bridges_for } => {
                        self.flight.bring(value, bridges_for, revalidates_for > 0, tags);
                    }
                    Look::Damaged(error) => inner.tell_failure(&key, &error),
                    Look::Fresh(..) | Look::Nothing => {}
                }
                self.says_nothing(Ok(()));
                self.outside =
                    place.and_then(|(name, start)| Some(Outside { key, name, start: start? }));
            }
            Err(error) => {
                inner.tell_failure(&key, &error);
                self.says_nothing(Err(error));
                return Looked::Failed(self);
            }
        }
        Looked::Nothing(self)
    }

    /// Those who only look need not wait for the value.
    fn says_nothing(&self, known: Result<(), Error>) {
        if let Some(landing) = self.flight.landing() {
            landing.nothing(known);
        }
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// What the storage has, and when that is nothing fresh, what protects the value to be made.
    async fn look_outside(
        &self,
        key: &K,
        tags: Option<&[Box<str>]>,
        tier: Tier,
        least: Least,
    ) -> Result<(Look<V>, Option<Protected>), Error> {
        let Some((storage, name)) = self.place("get_or_fetch", key, tier)? else {
            return Ok((Look::Nothing, None));
        };
        let mut look = storage.look(&name, self.memory.wall_ms()).await?;
        if least == Least::ANY {
            storage.count(&look);
        }
        match &look {
            Look::Fresh(_, terms) if least.is_met(terms) => return Ok((look, Some((name, None)))),
            // Memory has the same.
            Look::Fresh(..) => look = Look::Nothing,
            _ => {}
        }
        let Some(tags) = tags else { return Ok((look, None)) };
        let start = storage.counted(storage.begin(tags).await)?;
        Ok((look, Some((name, Some(start)))))
    }

    /// Whether memory may take what the storage had: not while the storage is behind.
    fn may_promote(&self, place: Option<&Protected>) -> bool {
        let taken =
            |(name, _): &Protected| self.tier.as_ref().is_some_and(|own| own.order.is_taken(name));
        !place.is_some_and(taken)
    }
}
