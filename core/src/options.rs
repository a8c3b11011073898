//! What a caller may say about one entry.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

/// What becomes of entries that are invalidated.
///
/// ```
/// assert_eq!(cachefn_core::Mode::default(), cachefn_core::Mode::Remove);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// They leave.
    #[default]
    Remove,
    /// They become stale at once: with a stale window of theirs, `get_or_fetch` may still return them
    /// while a new value is fetched or when that fails. Without one they leave.
    Expire,
}

/// Which tiers of a [`Cache`](crate::Cache) are meant.
///
/// ```
/// assert_eq!(cachefn_core::Tier::default(), cachefn_core::Tier::Both);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tier {
    /// Memory and storage.
    #[default]
    Both,
    /// Memory alone: the storage is neither read nor written.
    Memory,
    /// The storage alone: memory is not filled.
    Storage,
}

/// Settings of one entry; what is not said is taken from the cache.
///
/// ```
/// use cachefn_core::{EntryOptions, MemoryCache};
/// use std::time::Duration;
///
/// let cache = MemoryCache::<String, _>::builder().build()?;
/// let options = EntryOptions::new().ttl(Duration::from_secs(60)).tags(["user:7", "users"]);
/// cache.set_with("name".into(), "Ada", options)?;
/// cache.invalidate_by_tag("users");
/// assert_eq!(cache.get("name"), None);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryOptions {
    pub(crate) ttl: Option<Duration>,
    pub(crate) tti: Option<Duration>,
    pub(crate) stale_while_revalidate: Option<Duration>,
    pub(crate) stale_if_error: Option<Duration>,
    pub(crate) tags: Vec<Box<str>>,
    pub(crate) tier: Option<Tier>,
}

impl EntryOptions {
    /// No setting of its own.
    ///
    /// ```
    /// use cachefn_core::EntryOptions;
    /// assert_eq!(EntryOptions::new(), EntryOptions::default());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the entry lives. Zero means that it is not stored; parts of a millisecond count as
    /// a whole one; a duration too long for the clock means no deadline.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// use std::time::Duration;
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().ttl(Duration::ZERO))?;
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// How long the entry lives after each use, but never longer than its TTL. A `peek` is no use.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, ManualClock, MemoryCache};
    /// use std::time::Duration;
    /// let clock = ManualClock::new();
    /// let cache = MemoryCache::builder().clock(clock.clone()).build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tti(Duration::from_secs(1)))?;
    /// clock.advance(Duration::from_secs(1));
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[must_use]
    pub fn tti(mut self, tti: Duration) -> Self {
        self.tti = Some(tti);
        self
    }

    /// For how long after its TTL the entry may be returned while one caller fetches a new value.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// use std::time::Duration;
    /// let minute = Duration::from_secs(60);
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().stale_while_revalidate(minute))?;
    /// cache.expire(&1);
    /// let renewed = cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
    ///     assert_eq!(context.previous(), Some(&"one"));
    ///     "uno" // other callers get "one" meanwhile
    /// });
    /// assert_eq!(renewed, "uno");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[must_use]
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.stale_while_revalidate = Some(window);
        self
    }

    /// For how long after its TTL the entry may be returned when fetching a new value fails.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// use std::time::Duration;
    /// let minute = Duration::from_secs(60);
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().stale_if_error(minute))?;
    /// cache.expire(&1);
    /// assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[must_use]
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.stale_if_error = Some(window);
        self
    }

    /// Where a [`Cache`](crate::Cache) looks for the entry and keeps it; both tiers unless said.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, Tier};
    /// let options = EntryOptions::new().tier(Tier::Memory);
    /// assert_ne!(options, EntryOptions::new());
    /// ```
    #[must_use]
    pub fn tier(mut self, tier: Tier) -> Self {
        self.tier = Some(tier);
        self
    }

    /// Whether the time matters to an entry because of these.
    #[inline]
    pub(crate) fn limits_life(&self) -> bool {
        self.ttl.is_some()
            || self.tti.is_some()
            || self.stale_while_revalidate.is_some()
            || self.stale_if_error.is_some()
    }

    /// Adds a tag. Setting a key anew replaces all tags of its entry.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd"))?;
    /// cache.invalidate_by_tag("odd");
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[must_use]
    pub fn tag(self, tag: impl Into<Box<str>>) -> Self {
        self.tags([tag])
    }

    /// Adds tags; a tag named twice counts once.
    ///
    /// ```
    /// use cachefn_core::EntryOptions;
    /// let options = EntryOptions::new().tags(["odd", "prime", "odd"]);
    /// assert_eq!(options, EntryOptions::new().tag("odd").tag("prime"));
    /// ```
    #[must_use]
    pub fn tags<T: Into<Box<str>>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        for tag in tags {
            let tag = tag.into();
            if !self.tags.contains(&tag) {
                self.tags.push(tag);
            }
        }
        self
    }
}
