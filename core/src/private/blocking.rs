//! What a synchronous function asks of a cache that may have a storage.

use alloc::sync::Arc;
use core::hash::Hash;
use std::sync::LazyLock;

use crate::cache::{Cache, CacheKey, CacheValue, Entered, Load};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::memory::{Enter, FetchContext, Flight, MemoryCache};
use crate::options::{EntryOptions, Tier};

/// A result, or the duty to make the value.
#[derive(Debug)]
pub enum Asked<R, L> {
    /// What the cache had, or another brought.
    Done(R),
    /// This caller runs the function and reports to the lead.
    Lead(L),
}

/// A cache that a synchronous function can use.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cache for this function",
    label = "a `MemoryCache` or `Cache` with the key `{K}` and the value `{V}` is needed",
    note = "the key is the tuple of the arguments, or a `String` where the function has a `key`"
)]
pub trait Synchronous<K, V: Clone> {
    /// The duty to make one value.
    type Lead<'c>: Lead<V>
    where
        Self: 'c;

    /// A value, found or made by another thread, or that one's error, or the duty to make the value.
    fn enter<'c, Q: Lookup<K> + ?Sized, R: Fetched<V>>(
        &'c self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
        failing: OnFailure<R>,
    ) -> Asked<R, Self::Lead<'c>>;

    /// The duty to make a value anew, whatever the cache holds.
    fn refresh<'c, Q: Lookup<K> + ?Sized>(
        &'c self,
        key: &Q,
        options: EntryOptions,
    ) -> Self::Lead<'c>;
}

/// The duty to make one value. Dropped without a result, it lets a waiter lead.
pub trait Lead<V> {
    /// Runs the function.
    fn run<R>(&self, function: impl FnOnce() -> R) -> R;
    /// What the function may say of the value.
    fn context(&mut self) -> &mut FetchContext<V>;
    /// Stores a success and hands the result back.
    fn finish<R: Fetched<V>>(self, result: R, failing: OnFailure<R>) -> R;
}

/// The cache that a function was given.
#[inline]
pub fn given<K, V: Clone, C: Synchronous<K, V>>(cache: &C) -> &C {
    cache
}

impl<K: Hash + Eq + Clone, V: Clone> Synchronous<K, V> for MemoryCache<K, V> {
    type Lead<'c>
        = Flight<K, V, &'c MemoryCache<K, V>>
    where
        Self: 'c;

    #[inline]
    fn enter<'c, Q: Lookup<K> + ?Sized, R: Fetched<V>>(
        &'c self,
        key: &Q,
        _: Tier,
        options: impl FnOnce() -> EntryOptions,
        failing: OnFailure<R>,
    ) -> Asked<R, Self::Lead<'c>> {
        match self.enter(key, options, failing) {
            Enter::Done(result) => Asked::Done(result),
            Enter::Lead(flight) => Asked::Lead(flight),
        }
    }

    fn refresh<'c, Q: Lookup<K> + ?Sized>(
        &'c self,
        key: &Q,
        options: EntryOptions,
    ) -> Self::Lead<'c> {
        self.refresh(key, options)
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Lead<V> for Flight<K, V, &MemoryCache<K, V>> {
    fn run<R>(&self, function: impl FnOnce() -> R) -> R {
        function()
    }
    fn context(&mut self) -> &mut FetchContext<V> {
        self.context()
    }
    fn finish<R: Fetched<V>>(self, result: R, failing: OnFailure<R>) -> R {
        self.finish(result, failing)
    }
}

/// # Panics
/// When its storage lets callers wait, which a thread cannot.
impl<K: CacheKey, V: CacheValue> Synchronous<K, V> for Cache<K, V> {
    type Lead<'c>
        = Load<'c, K, V>
    where
        Self: 'c;

    #[inline]
    fn enter<'c, Q: Lookup<K> + ?Sized, R: Fetched<V>>(
        &'c self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
        failing: OnFailure<R>,
    ) -> Asked<R, Self::Lead<'c>> {
        match self.enter_blocking(key, tier, options, failing) {
            Entered::Done(result) => Asked::Done(result),
            Entered::Lead(load) => Asked::Lead(load),
        }
    }

    fn refresh<'c, Q: Lookup<K> + ?Sized>(
        &'c self,
        key: &Q,
        options: EntryOptions,
    ) -> Self::Lead<'c> {
        self.refresh_blocking(key, options)
    }
}

impl<K: CacheKey, V: CacheValue> Lead<V> for Load<'_, K, V> {
    fn run<R>(&self, function: impl FnOnce() -> R) -> R {
        self.run_blocking(function)
    }
    fn context(&mut self) -> &mut FetchContext<V> {
        self.context()
    }
    fn finish<R: Fetched<V>>(self, result: R, failing: OnFailure<R>) -> R {
        self.finish_blocking(result, failing)
    }
}

macro_rules! lead_to_it {
    ($($pointer:ty),*) => {$(
        impl<K, V: Clone, C: Synchronous<K, V>> Synchronous<K, V> for $pointer {
            type Lead<'c>
                = C::Lead<'c>
            where
                Self: 'c;

            #[inline]
            fn enter<'c, Q: Lookup<K> + ?Sized, R: Fetched<V>>(
                &'c self,
                key: &Q,
                tier: Tier,
                options: impl FnOnce() -> EntryOptions,
                failing: OnFailure<R>,
            ) -> Asked<R, Self::Lead<'c>> {
                Synchronous::<K, V>::enter(&**self, key, tier, options, failing)
            }

            fn refresh<'c, Q: Lookup<K> + ?Sized>(
                &'c self,
                key: &Q,
                options: EntryOptions,
            ) -> Self::Lead<'c> {
                Synchronous::<K, V>::refresh(&**self, key, options)
            }
        }
    )*};
}

lead_to_it!(&C, Arc<C>, LazyLock<C>);
