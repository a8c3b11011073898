//! How a key is looked up in a borrowed form.

use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::hash::Hash;

/// A form in which a key of type `K` can be looked up: `&str` for `String`, `&[T]` for `Vec<T>`, `&K`
/// for any `K` that is `Hash`, `Eq` and `Clone`.
///
/// To look up by a type of your own, its hash must equal that of the key, and both must be compared
/// in full.
///
/// ```
/// use cachefn_core::{Lookup, MemoryCache};
///
/// #[derive(Hash)]
/// struct Pair<'a>(&'a str, u32);
/// impl Lookup<(String, u32)> for Pair<'_> {
///     fn matches(&self, key: &(String, u32)) -> bool {
///         self.0 == key.0 && self.1 == key.1
///     }
///     fn to_key(&self) -> (String, u32) {
///         (self.0.into(), self.1)
///     }
/// }
/// let cache = MemoryCache::<(String, u32), u64>::builder().build()?;
/// cache.set(("eu".into(), 7), 1)?;
/// assert_eq!(cache.get(&Pair("eu", 7)), Some(1));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub trait Lookup<K>: Hash {
    /// Whether this is the borrowed form of `key`.
    fn matches(&self, key: &K) -> bool;
    /// The key itself; called on a miss only.
    fn to_key(&self) -> K;
}

impl<K, Q> Lookup<K> for Q
where
    Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    K: Borrow<Q>,
{
    #[inline]
    fn matches(&self, key: &K) -> bool {
        self == key.borrow()
    }
    #[inline]
    fn to_key(&self) -> K {
        self.to_owned()
    }
}
