//! The entries of one function in a named cache, or of those that share them, whatever their types.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::{Any, type_name};

use serde::{Serialize, de::DeserializeOwned};

use crate::cache::{Cache, CacheKey, CacheValue};
use crate::error::Error;
use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};
use crate::memory::Limits;
use crate::options::Mode;
use crate::stats::Stats;

/// A value in a [`NamedCache`](crate::NamedCache): one that `serde` can write and read, so that the cache
/// can have a storage. Implemented for all that it can be.
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
pub trait NamedValue: CacheValue + Serialize + DeserializeOwned {}
impl<V: CacheValue + Serialize + DeserializeOwned> NamedValue for V {}

pub(super) struct Part {
    pub(super) namespace: String,
    /// Where the function stands whose entries these are; empty where several share them.
    pub(super) owner: &'static str,
    /// What the cache holds.
    pub(super) types: [&'static str; 2],
    pub(super) cache: Arc<dyn Erased>,
}

/// What can be asked of a cache without knowing its types.
pub(super) trait Erased: MaybeSend + MaybeSync {
    fn as_any(&self) -> &dyn Any;
    fn stats(&self) -> Stats;
    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), Error>>;
    fn clear(&self) -> BoxFuture<'_, Result<(), Error>>;
    fn flush(&self) -> BoxFuture<'_, Result<(), Error>>;
    /// What was the one becomes the other, where the function's attribute does not say it.
    fn change_limits(&self, before: Limits, after: Limits);
    /// Ready when its bus hears.
    fn ready(&self) -> BoxFuture<'_, Result<(), Error>>;
    /// Lets go of memory and of the bus; whether it was open.
    fn shut(&self) -> bool;
    /// Waits for the writes that were under way when it was shut.
    fn finish(&self) -> BoxFuture<'_, Result<(), Error>>;
    /// Tells other processes that nothing of this name is valid any more, nor of what is below it.
    fn tell_cleared<'a>(&'a self, name: &'a str) -> BoxFuture<'a, ()>;
}

impl<K: CacheKey, V: NamedValue> Erased for Cache<K, V> {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn stats(&self) -> Stats {
        Cache::stats(self)
    }
    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
            self.invalidate_unseen(&tags, Mode::Remove).await
        })
    }
    fn clear(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.clear_unseen())
    }
    fn flush(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(Cache::flush(self))
    }
    fn change_limits(&self, before: Limits, after: Limits) {
        Cache::change_limits(self, before, after);
    }
    fn ready(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(Cache::ready(self))
    }
    fn shut(&self) -> bool {
        Cache::shut(self)
    }
    fn finish(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(Cache::finish(self))
    }
    fn tell_cleared<'a>(&'a self, name: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(Cache::tell_cleared(self, name))
    }
}

impl Part {
    pub(super) fn open<K, V>(&self, owner: &'static str) -> Result<Cache<K, V>, Error>
    where
        K: CacheKey,
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
        if let Some(cache) = self.cache.as_any().downcast_ref::<Cache<K, V>>() {
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
