//! What a cache tells its witness.

use alloc::string::String;

use super::bounds::{CacheKey, CacheValue};
use super::inner::Inner;
use super::witness::{OwnWitness, Witnessed};
use crate::bus::Invalidation;
use crate::options::Mode;

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    pub(super) fn sees_keys<'k>(&self, keys: impl IntoIterator<Item = &'k K>) -> Witnessed<'_>
    where
        K: 'k,
    {
        self.sees(|witness| {
            let text = |key| {
                let mut text = String::new();
                (witness.write)(key, &mut text);
                text
            };
            Invalidation::Keys(keys.into_iter().map(text).collect())
        })
    }

    pub(super) fn sees_tags(&self, tags: &[&str], mode: Mode) -> Witnessed<'_> {
        let tags = || tags.iter().map(|tag| String::from(*tag)).collect();
        self.sees(|_| Invalidation::Tags(tags(), mode))
    }

    pub(super) fn sees(&self, what: impl FnOnce(&OwnWitness<K>) -> Invalidation) -> Witnessed<'_> {
        let witness = self.witness.as_ref();
        Witnessed::by(witness.map(|own| (&*own.witness, &*self.name, what(own))))
    }
}
