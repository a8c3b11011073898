//! What generated code and the wasm engine may call. No part of the public interface.

#[cfg(feature = "std")]
mod asynchronous;
#[cfg(feature = "std")]
mod blocking;
#[cfg(feature = "std")]
mod caches;
#[cfg(all(
    feature = "std",
    not(any(feature = "postcard", feature = "json", feature = "messagepack"))
))]
mod unnamed;

#[cfg(feature = "std")]
pub use crate::kept::Kept;
#[cfg(feature = "std")]
pub use asynchronous::{
    Asynchronous, enter_async, enter_shared, followers_of, found_async, found_shared, given_async,
    refresh_async, warm,
};
#[cfg(feature = "std")]
pub use blocking::{Asked, Lead, Synchronous, given};
#[cfg(feature = "std")]
pub use caches::Caches;
#[cfg(all(
    feature = "std",
    not(any(feature = "postcard", feature = "json", feature = "messagepack"))
))]
pub use unnamed::{Role, Slot};

pub use alloc::borrow::ToOwned;
pub use alloc::boxed::Box;
pub use alloc::string::String;
pub use alloc::vec::Vec;

#[cfg(feature = "std")]
pub use crate::cache::{Departure, Entered, Load, Shared};
pub use crate::duration::{duration, read_duration};
pub use crate::engine::{
    Arrival, Engine, HOUSEKEEPING, Layout, Left, MAX_ENTRIES, Place, Removed, Staleness, State,
};
pub use crate::entry::Times;
#[cfg(feature = "std")]
pub use crate::failure::OnFailure;
pub use crate::fetched::Fetched;
pub use crate::key::{Arguments, List, Maybe, Part, key_text};
#[cfg(feature = "std")]
pub use crate::memory::Enter;
#[cfg(all(
    feature = "std",
    any(feature = "postcard", feature = "json", feature = "messagepack")
))]
pub use crate::named::{Reached, Role, Slot};
pub use crate::policy::Policy;
#[cfg(feature = "std")]
pub use crate::template::{Text, Typed};
pub use crate::template::{TypedKey, write_field};

use core::{any::TypeId, marker::PhantomData};
#[cfg(feature = "std")]
use core::{hash::Hash, time::Duration};

#[cfg(feature = "std")]
use crate::{
    key::Lookup,
    maybe_send::{MaybeSend, MaybeSync},
    memory::{FetchContext, MemoryCache},
    options::EntryOptions,
};

/// The duty to make one value.
#[cfg(feature = "std")]
pub type Flight<'c, K, V> = crate::memory::Flight<K, V, &'c MemoryCache<K, V>>;

/// The type of an argument that is written as `impl Trait`.
pub fn type_of<T: ?Sized + 'static>(_: &T) -> TypeId {
    TypeId::of::<T>()
}

/// A value, found or made by another thread, or that one's error, or the duty to make the value with
/// these options, which are asked for on a miss: whoever invalidates one of their tags fences the load.
#[cfg(feature = "std")]
pub fn enter<'c, K, V, Q, R>(
    cache: &'c MemoryCache<K, V>,
    key: &Q,
    options: impl FnOnce() -> EntryOptions,
    failing: OnFailure<R>,
) -> Enter<'c, K, V, R>
where
    K: Hash + Eq + Clone,
    V: Clone,
    Q: Lookup<K> + ?Sized,
    R: Fetched<V>,
{
    cache.enter(key, options, failing)
}

/// The duty to make the value of `key` anew, whatever the cache holds.
#[cfg(feature = "std")]
pub fn refresh<'c, K, V, Q>(
    cache: &'c MemoryCache<K, V>,
    key: &Q,
    options: EntryOptions,
) -> Flight<'c, K, V>
where
    K: Hash + Eq + Clone,
    V: Clone,
    Q: Lookup<K> + ?Sized,
{
    cache.refresh(key, options)
}

/// How many threads wait for the fetcher that runs for `key`; tests use it to know that they do.
#[cfg(feature = "std")]
pub fn followers<K, V, Q>(cache: &MemoryCache<K, V>, key: &Q) -> usize
where
    K: Hash + Eq + Clone,
    V: Clone,
    Q: Lookup<K> + ?Sized,
{
    cache.followers(key)
}

/// What a type is, however it is written: whether it is a `Result`, `Outcome::<T>::IS_RESULT`, with
/// [`Stored`] in scope; and what those who wait have of its failure, `Outcome::<T>::ON_FAILURE`, with
/// [`InTurn`].
#[derive(Debug)]
pub struct Outcome<T>(PhantomData<T>);

impl<T, E> Outcome<Result<T, E>> {
    /// What is said of the type itself comes before what [`Stored`] says of all.
    pub const IS_RESULT: bool = true;
}

/// What holds of all types but results.
pub trait Stored {
    /// See [`Outcome`].
    const IS_RESULT: bool = false;
}

impl<T> Stored for Outcome<T> {}

#[cfg(feature = "std")]
impl<T, E: Clone + MaybeSend + MaybeSync + 'static> Outcome<Result<T, E>> {
    /// Whose error can be cloned.
    pub const ON_FAILURE: OnFailure<Result<T, E>> = OnFailure::<Result<T, E>>::SHARED;
}

/// What holds of all other types.
#[cfg(feature = "std")]
pub trait InTurn<T> {
    /// See [`Outcome`].
    const ON_FAILURE: OnFailure<T> = OnFailure::<T>::IN_TURN;
}

#[cfg(feature = "std")]
impl<T> InTurn<T> for Outcome<T> {}

/// Stores a success only if `keep` says so.
#[cfg(feature = "std")]
pub fn keep_if<V, R: Fetched<V>>(
    context: &mut FetchContext<V>,
    result: &R,
    keep: impl FnOnce(&V) -> bool,
) {
    if result.success().is_some_and(|value| !keep(value)) {
        context.skip();
    }
}

/// Stores a whole result: a success if `keep` says so, an error for as long as `errors` says.
#[cfg(feature = "std")]
pub fn keep_errors<T, E>(
    context: &mut FetchContext<Result<T, E>>,
    result: &Result<T, E>,
    keep: impl FnOnce(&T) -> bool,
    errors: impl FnOnce(&E) -> Option<Duration>,
) {
    match result {
        Ok(value) if keep(value) => {}
        Err(error) => match errors(error) {
            Some(ttl) => context.ttl(ttl),
            None => context.skip(),
        },
        Ok(_) => context.skip(),
    }
}

/// The name of a function: that of a type beside it, or the one it belongs to, and what is added.
pub fn name_of<T: ?Sized>(suffix: &str) -> String {
    let mut name = String::from(core::any::type_name::<T>());
    name.push_str(suffix);
    name
}
