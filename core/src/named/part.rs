//! The entries of one function in a named cache, or of those that share them, whatever their types.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::{Any, type_name};

use serde::{Serialize, de::DeserializeOwned};

use super::NamedCache;
use crate::cache::{Cache, CacheKey, CacheValue};
use crate::error::Error;
use crate::key::KeyText;
use crate::maybe_send::BoxFuture;
use crate::memory::Builder;

/// A value in a [`NamedCache`]: one that `serde` can write and read, so that the cache can have a
/// storage. Implemented for all that it can be.
///
/// ```
/// fn is_named_value<V: cachefn_core::NamedValue>(_: V) {}
/// is_named_value(vec![1, 2]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a named cache, which may have a storage",
    label = "this type is not `Serialize` and `DeserializeOwned`, or is not to be shared",
    note = "derive `serde::Serialize` and `serde::Deserialize`, or leave out `cache = \"…\"`"
)]
pub trait NamedValue: CacheValue + Serialize + DeserializeOwned + Send + Sync {}
impl<V: CacheValue + Serialize + DeserializeOwned + Send + Sync> NamedValue for V {}

pub(super) struct Part {
    namespace: String,
    /// Where the function stands whose entries these are; empty where several share them.
    owner: &'static str,
    /// A [`Cache`], and what it holds.
    cache: Box<dyn Any + Send + Sync>,
    types: [&'static str; 2],
    erased: Arc<dyn Erased>,
}

/// What can be asked of a cache without knowing its types.
pub(super) trait Erased: Send + Sync {
    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), Error>>;
    fn clear(&self) -> BoxFuture<'_, Result<(), Error>>;
    fn flush(&self) -> BoxFuture<'_, Result<(), Error>>;
}

impl<K, V> Erased for Cache<K, V>
where
    K: CacheKey + Send + Sync,
    V: NamedValue,
{
    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.invalidate_by_tags(tags))
    }
    fn clear(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(Cache::clear(self))
    }
    fn flush(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(Cache::flush(self))
    }
}

impl NamedCache {
    /// The cache of the function of this id, which stands at `owner`, or of all that have no id.
    ///
    /// # Errors
    /// Of kind `config` when the types are others than before, another function has the id, or a
    /// setting cannot work.
    pub(super) fn part<K, V>(
        &self,
        id: Option<&str>,
        owner: &'static str,
        settings: impl FnOnce(Builder<Cache<K, V>>) -> Builder<Cache<K, V>>,
    ) -> Result<Cache<K, V>, Error>
    where
        K: CacheKey + KeyText + Send + Sync,
        V: NamedValue,
    {
        let name = self.name();
        let namespace = match id {
            Some(id) => format!("{name}/{id}"),
            None => name.into(),
        };
        let known = |parts: &[Part]| {
            parts.iter().find(|part| part.namespace == namespace).map(|part| part.open(owner))
        };
        if let Some(cache) = known(&self.inner.parts.lock()) {
            return cache;
        }
        // Built outside the lock: the settings are foreign code.
        let builder = Cache::<K, V>::builder(&*namespace);
        let cache = settings(self.inner.settings.apply(builder)).build()?;
        let mut parts = self.inner.parts.lock();
        if let Some(cache) = known(&parts) {
            return cache;
        }
        parts.push(Part {
            namespace,
            owner,
            cache: Box::new(cache.clone()),
            types: [type_name::<K>(), type_name::<V>()],
            erased: Arc::new(cache.clone()),
        });
        Ok(cache)
    }

    /// All its caches.
    pub(super) fn erased(&self) -> Vec<Arc<dyn Erased>> {
        self.inner.parts.lock().iter().map(|part| part.erased.clone()).collect()
    }
}

impl Part {
    fn open<K, V>(&self, owner: &'static str) -> Result<Cache<K, V>, Error>
    where
        K: CacheKey + Send + Sync,
        V: NamedValue,
    {
        if self.owner != owner {
            return Err(Error::config(
                "cache",
                format!(
                    "two functions have the name {} in a storage, {} and {owner}; give one of them \
                     another `id`",
                    self.namespace, self.owner
                ),
            ));
        }
        if let Some(cache) = self.cache.downcast_ref::<Cache<K, V>>() {
            return Ok(cache.clone());
        }
        let [key, value] = self.types;
        Err(Error::config(
            "cache",
            format!(
                "the entries of {} are values of {value} by {key}, and not of {} by {}; put one of the \
                 two into another named cache",
                self.namespace,
                type_name::<V>(),
                type_name::<K>(),
            ),
        ))
    }
}
