//! What stands in for named caches where no codec could write their values.

use core::marker::PhantomData;

use crate::cache::Cache;
use crate::memory::Builder;

/// What finds no cache.
#[derive(Debug)]
pub struct Slot<K, V>(PhantomData<fn(K) -> V>);

/// Who would ask.
#[derive(Debug)]
pub struct Role<K, V> {
    /// The name of the cache.
    pub name: &'static str,
    /// What would stand for the function in a storage.
    pub id: Option<fn() -> alloc::string::String>,
    /// Where the function stands.
    pub owner: &'static str,
    /// What the function's attribute says of its cache.
    pub settings: fn(Builder<Cache<K, V>>) -> Builder<Cache<K, V>>,
    /// The function cannot let go while it waits.
    pub blocking: bool,
}

/// Implemented for nothing.
#[diagnostic::on_unimplemented(
    message = "a named cache needs a codec for `{Self}`",
    label = "enable the feature `postcard`, `json` or `messagepack` of `cachefn-core`"
)]
pub trait NamedValue {}

impl<K, V> Slot<K, V> {
    /// Nothing is known.
    pub const fn new(_: Role<K, V>) -> Self {
        Slot(PhantomData)
    }

    /// Never called.
    pub fn reach(&self) -> &'static Cache<K, V>
    where
        V: NamedValue,
    {
        unreachable!("no value implements the trait that this asks for")
    }
}
