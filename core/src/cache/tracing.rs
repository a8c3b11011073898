//! The setting by which loads have spans, and how one begins.

use alloc::sync::Arc;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::inner::Inner;
use super::traced::{OwnTracer, Traced};
use super::tracer::{LoadRole, Tracer};
use crate::key::{KeyText, Lookup};
use crate::memory::Builder;

impl<K: CacheKey, V: CacheValue> Builder<Cache<K, V>> {
    /// Who makes spans of loads: of each value that memory does not have, from the miss until it is there, with what
    /// the storage and the fetcher do in between. A hit in memory costs nothing more.
    ///
    /// ```
    /// # use cachefn_core::{Cache, LoadSpan, TracedLoad, Tracer};
    /// struct Printer;
    ///
    /// impl Tracer for Printer {
    ///     fn begin(&self, load: &TracedLoad<'_>) -> Option<std::sync::Arc<dyn LoadSpan>> {
    ///         println!("{} {}", load.operation, load.cache);
    ///         None
    ///     }
    /// }
    /// assert!(Cache::<u32, u32>::builder("numbers").tracer(Printer).build().is_ok());
    /// ```
    pub fn tracer(mut self, tracer: impl Tracer) -> Self
    where
        K: KeyText,
    {
        self.own.tracer = Some(OwnTracer::new(Arc::new(tracer), K::write_text));
        self
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// A load of this key begins, or a wait for one.
    pub(super) fn trace<Q>(&self, operation: &'static str, role: LoadRole, key: &Q) -> Traced
    where
        Q: Lookup<K> + ?Sized,
    {
        match &self.tracer {
            Some(tracer) => tracer.begin(&self.name, operation, role, &key.to_key()),
            None => Traced::default(),
        }
    }
}
