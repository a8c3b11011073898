//! Builds a named cache, from settings that can work together.

use super::builder::NamedBuilder;
use super::cache::NamedCache;
use super::registry;
use crate::cache::Cache;
use crate::codecs::AnyCodec;
use crate::error::Error;

impl NamedBuilder {
    /// The cache, known to nobody: for [`with_cache`](super::with_cache), or to be used by hand.
    ///
    /// # Errors
    /// Of kind `config`, with what would work, when a setting cannot.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, NamedCache};
    /// let error = NamedCache::builder("a/b").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    pub fn build(self) -> Result<NamedCache, Error> {
        let mut settings = self.settings;
        if settings.name.is_empty() || settings.name.contains('/') {
            return Err(Error::config(
                "build",
                "the name of a named cache has at least one letter and no `/`, which stands between it \
                 and the name of a function",
            ));
        }
        if settings.storage.is_some() && settings.codec.is_none() {
            settings.codec = default_codec();
        }
        // What no function could be built with is told now.
        if settings.stale_while_lost.is_some() && settings.bus.is_none() {
            return Err(Error::config(
                "build",
                "stale_while_lost needs a bus, which could be lost",
            ));
        }
        settings.apply(Cache::<u8, u8>::builder("")).alone().build()?;
        Ok(NamedCache::of(settings))
    }

    /// The cache, from now on that of all functions with its name.
    ///
    /// # Errors
    /// As [`build`](Self::build), and when the name is taken.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, NamedCache};
    /// let books = NamedCache::builder("books").register()?;
    /// let error = NamedCache::builder("books").register().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn register(self) -> Result<NamedCache, Error> {
        let cache = self.build()?;
        registry::register(&cache)?;
        Ok(cache)
    }
}

#[cfg(feature = "postcard")]
fn default_codec() -> Option<AnyCodec> {
    Some(AnyCodec::Postcard)
}

#[cfg(not(feature = "postcard"))]
fn default_codec() -> Option<AnyCodec> {
    None
}
