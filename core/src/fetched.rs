//! What a fetcher may return: a value, or a `Result` whose error passes through.

/// The outcome of a fetcher for a cache of `V`: either `V` itself or `Result<V, E>`.
///
/// ```
/// use cachefn_core::MemoryCache;
///
/// let cache = MemoryCache::<String, u64>::builder().build()?;
/// assert_eq!(cache.get_or_fetch("a", || 7), 7);
/// let failed: Result<u64, &str> = cache.get_or_fetch("b", || Err("no such number"));
/// assert_eq!(failed, Err("no such number"));
/// assert_eq!(cache.get("b"), None);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub trait Fetched<V> {
    /// The outcome for a value that came from the cache.
    fn hit(value: V) -> Self;
    /// The value to store, unless the fetcher failed.
    fn success(&self) -> Option<&V>;
}

impl<V> Fetched<V> for V {
    fn hit(value: V) -> Self {
        value
    }
    fn success(&self) -> Option<&V> {
        Some(self)
    }
}

impl<V, E> Fetched<V> for Result<V, E> {
    fn hit(value: V) -> Self {
        Ok(value)
    }
    fn success(&self) -> Option<&V> {
        self.as_ref().ok()
    }
}
