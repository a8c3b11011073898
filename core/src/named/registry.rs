//! Which named caches the program has, and who asked for one that it does not have.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cache::NamedCache;
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::kept::Kept;
use crate::memory::{Hub, Subscription};
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// They stay for as long as the program runs.
static CACHES: Kept<Mutex<Vec<NamedCache>>> = Kept::new(Mutex::default);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The names that were asked for, each told once.
static UNKNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());
static HUB: Kept<Hub<String>> = Kept::new(Hub::new);

impl NamedCache {
    /// The cache that was registered under this name.
    ///
    /// ```
    /// use cachefn_core::NamedCache;
    /// NamedCache::builder("pages").register()?;
    /// assert!(NamedCache::named("pages").is_some() && NamedCache::named("paegs").is_none());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn named(name: &str) -> Option<NamedCache> {
        find(name)
    }

    /// Tells the listener, until the subscription is dropped, of each name for which a function asked
    /// and that nobody had registered: an `error` event whose key is the name, once for each. Names of
    /// before are told at once to every listener, so it does not matter when a program subscribes.
    ///
    /// Such a function goes on with a memory of its own, with the settings of its attribute. It has the
    /// named cache from the moment it is registered.
    ///
    /// ```
    /// use cachefn_core::{NamedCache, cachefn};
    /// use std::sync::{Arc, Mutex};
    ///
    /// #[cachefn(cache = "usres")]
    /// fn name(id: u64) -> String {
    ///     format!("user {id}")
    /// }
    /// assert_eq!(name(7), "user 7");
    ///
    /// let unknown = Arc::new(Mutex::new(Vec::new()));
    /// let names = unknown.clone();
    /// let _subscription = NamedCache::subscribe(move |event| names.lock().unwrap().extend(event.key.clone()));
    /// assert_eq!(*unknown.lock().unwrap(), ["usres"]);
    /// ```
    pub fn subscribe(
        listener: impl Fn(&Event<String>) + Send + Sync + 'static,
    ) -> Subscription<String> {
        let told = Mutex::new(Vec::new());
        let once = Arc::new(move |event: &Event<String>| {
            if is_first(&told, event.key.as_deref().unwrap_or_default()) {
                listener(event);
            }
        });
        let subscription = HUB.get().subscribe(once.clone());
        HUB.get().deliver();
        // What others have heard before is no longer in the hub.
        let before = UNKNOWN.lock().clone();
        for name in before {
            let event = Event::of(EventKind::Error, name);
            let _ = catch_unwind(AssertUnwindSafe(|| once(&event)));
        }
        subscription
    }
}

/// # Errors
/// Of kind `config` when the name is taken.
pub(super) fn register(cache: &NamedCache) -> Result<(), Error> {
    let mut caches = CACHES.get().lock();
    if caches.iter().any(|known| known.name() == cache.name()) {
        let detail = format!("a named cache {} is there already; use another name", cache.name());
        return Err(Error::config("register", detail));
    }
    caches.push(cache.clone());
    COUNT.store(caches.len(), Ordering::Release);
    Ok(())
}

pub(super) fn find(name: &str) -> Option<NamedCache> {
    CACHES.get().lock().iter().find(|cache| cache.name() == name).cloned()
}

/// How many there are: while that is the same, a name that was unknown still is.
pub(super) fn count() -> usize {
    COUNT.load(Ordering::Acquire)
}

/// Tells of a name that nobody registered, the first time.
pub(super) fn tell_unknown(name: &str) {
    if is_first(&UNKNOWN, name) {
        HUB.get().queue([Event::of(EventKind::Error, name.to_string())]);
        HUB.get().deliver();
    }
}

/// Whether a name is none of these; it is one of them from now on.
fn is_first(names: &Mutex<Vec<String>>, name: &str) -> bool {
    let mut names = names.lock();
    let is_first = !names.iter().any(|known| known == name);
    if is_first {
        names.push(name.to_string());
    }
    is_first
}
