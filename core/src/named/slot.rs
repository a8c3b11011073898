//! What one function knows of its named cache.

use alloc::string::String;
use core::ops::Deref;
use std::sync::OnceLock;

use super::cache::NamedCache;
use super::part::NamedValue;
use super::{registry, swapping};
use crate::cache::{Cache, CacheKey};
use crate::error::Error;
use crate::key::KeyText;
use crate::memory::Builder;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// Leads a function to its cache, at the price of two comparisons once that is known.
pub struct Slot<K, V> {
    role: Role<K, V>,
    registered: OnceLock<Cache<K, V>>,
    /// For as long as nobody has registered the name.
    alone: OnceLock<Cache<K, V>>,
    /// How many names were registered when this one was not.
    unknown_at: AtomicUsize,
}

/// What an attribute says of its cache.
type Say<K, V> = fn(Builder<Cache<K, V>>) -> Builder<Cache<K, V>>;

/// Who asks, and for what.
pub struct Role<K, V> {
    /// The name of the cache.
    pub name: &'static str,
    /// What stands for the function in a storage; nothing for one that shares the entries of others.
    pub id: Option<fn() -> String>,
    /// Where the function stands; empty for one that shares.
    pub owner: &'static str,
    /// What the function's attribute says of its cache.
    pub settings: Say<K, V>,
    /// The function cannot let go while it waits.
    pub blocking: bool,
}

impl<K, V> Slot<K, V> {
    /// Nothing is known yet.
    pub const fn new(role: Role<K, V>) -> Self {
        Slot {
            role,
            registered: OnceLock::new(),
            alone: OnceLock::new(),
            unknown_at: AtomicUsize::new(usize::MAX),
        }
    }
}

impl<K, V> Slot<K, V>
where
    K: CacheKey + KeyText,
    V: NamedValue,
{
    /// The cache, at this moment.
    ///
    /// # Panics
    /// When the function cannot be in the cache of that name, at the line of the function: the text says why, and
    /// what to do.
    #[inline]
    #[track_caller]
    pub fn reach(&self) -> Reached<'_, K, V> {
        if swapping::any() {
            if let Some(named) = swapping::find(self.role.name) {
                return Reached::Swapped(or_panic(self.open(&named)));
            }
        }
        match self.registered.get() {
            Some(cache) => Reached::Kept(cache),
            None => Reached::Kept(self.find()),
        }
    }

    #[cold]
    #[track_caller]
    fn find(&self) -> &Cache<K, V> {
        let count = registry::count();
        if self.unknown_at.load(Ordering::Acquire) == count {
            if let Some(cache) = self.alone.get() {
                return cache;
            }
        }
        if let Some(named) = registry::find(self.role.name) {
            let cache = or_panic(self.open(&named));
            return self.registered.get_or_init(|| cache);
        }
        registry::tell_unknown(self.role.name);
        let cache = match self.alone.get() {
            Some(cache) => cache,
            None => {
                let name = self.role.id.map_or_else(|| self.role.name.into(), |id| id());
                let builder = (self.role.settings)(Cache::builder(name));
                let cache = or_panic(builder.limited_to_its_runtime().build());
                self.alone.get_or_init(|| cache)
            }
        };
        self.unknown_at.store(count, Ordering::Release);
        cache
    }

    fn open(&self, named: &NamedCache) -> Result<Cache<K, V>, Error> {
        let role = &self.role;
        let id = role.id.map(|id| id());
        let cache = named.part(id.as_deref(), role.owner, role.settings)?;
        if role.blocking {
            cache.serves_threads()?;
        }
        Ok(cache)
    }
}

/// A cache, for one call.
pub enum Reached<'s, K, V> {
    /// For as long as the program runs.
    Kept(&'s Cache<K, V>),
    /// In its place, in a test.
    Swapped(Cache<K, V>),
}

impl<K, V> Deref for Reached<'_, K, V> {
    type Target = Cache<K, V>;

    #[inline]
    fn deref(&self) -> &Cache<K, V> {
        match self {
            Reached::Kept(cache) => cache,
            Reached::Swapped(cache) => cache,
        }
    }
}

/// What a program was set up with cannot work, which it is told with the first call.
#[track_caller]
fn or_panic<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"), // in a closure it would stand here
    }
}
