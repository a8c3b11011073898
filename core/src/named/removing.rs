//! How entries of all functions leave a named cache.

use alloc::string::String;
use alloc::vec::Vec;

use super::cache::NamedCache;
use super::settings::Shared;
use crate::bus::Invalidation;
use crate::cache::Witnessed;
use crate::error::Error;
use crate::options::Mode;
use crate::storage::Storage;
use crate::tier::escaped;

impl NamedCache {
    /// Invalidates a tag in all its functions. When it returns, nothing that was loaded before is served.
    ///
    /// # Errors
    /// When the storage could not be asked; memory is without the entries all the same.
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").build()?;
    /// users.invalidate_by_tag("user:7").await?;
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tag(&self, tag: &str) -> Result<(), Error> {
        self.invalidate_by_tags([tag]).await
    }

    /// Invalidates tags in all its functions.
    ///
    /// # Errors
    /// As [`invalidate_by_tag`](Self::invalidate_by_tag).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").build()?;
    /// users.invalidate_by_tags(["user:7", "user:8"]).await?;
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tags<T: AsRef<str>>(
        &self,
        tags: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        let tags: Vec<String> = tags.into_iter().map(|tag| tag.as_ref().into()).collect();
        self.must_be_open("invalidate_by_tags")?;
        let invalidate = async {
            // Where no function was called yet, nothing is in memory, but the storage may have some.
            if self.inner.settings.has_storage() || self.inner.settings.has_bus() {
                self.some_part()?;
            }
            let mut first = Ok(());
            for part in self.erased() {
                first = first.and(part.invalidate(&tags).await);
            }
            first
        };
        self.sees(|| Invalidation::Tags(tags.clone(), Mode::Remove)).of(invalidate).await
    }

    /// Removes the entries of all its functions. When it returns, nothing that was loaded before is
    /// served: of functions that were called since the program began at once, of others when their
    /// records are deleted, one by one.
    ///
    /// # Errors
    /// When the storage could not be asked, and of kind `unsupported` when it cannot list its names, so
    /// that functions that were not called yet keep what they have there. Memory is empty all the same.
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").build()?;
    /// users.clear().await?;
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn clear(&self) -> Result<(), Error> {
        self.must_be_open("clear")?;
        let clear = async {
            let mut first = Ok(());
            for part in self.erased() {
                first = first.and(part.clear().await);
            }
            first = first.and(self.delete_records().await);
            // There may be functions that were called in other processes only.
            if self.inner.settings.has_bus() {
                self.some_part()?;
                if let Some(part) = self.erased().first() {
                    part.tell_cleared(self.name()).await;
                }
            }
            first
        };
        self.sees(|| Invalidation::Everything).of(clear).await
    }

    /// The same cache, whose own removals are told to nobody who asked for that by
    /// [`on_removal`](super::NamedBuilder::on_removal): for whoever tells of them better.
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # pollster::block_on(async {
    /// let tell = |_: &cachefn_core::Removal<'_>| panic!("it was to be quiet");
    /// let users = NamedCache::builder("users").on_removal(tell).build()?;
    /// users.quietly().clear().await?;
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn quietly(&self) -> Self {
        NamedCache { inner: self.inner.clone(), is_quiet: true }
    }

    fn sees(&self, what: impl FnOnce() -> Invalidation) -> Witnessed<'_> {
        let witness = self.inner.settings.witness.as_ref().filter(|_| !self.is_quiet);
        Witnessed::by(witness.map(|Shared(witness)| (&**witness, self.name(), what())))
    }

    /// Where no function was called yet, there is one all the same, of none.
    fn some_part(&self) -> Result<(), Error> {
        if self.erased().is_empty() {
            self.part::<String, ()>(Some("%"), "", |builder| builder)?;
        }
        Ok(())
    }

    async fn delete_records(&self) -> Result<(), Error> {
        let Some(storage) = &self.inner.settings.storage else { return Ok(()) };
        if !storage.capabilities().scans {
            return Err(Error::unsupported(
                "clear",
                "the storage cannot list names; functions that were not called yet keep their entries",
            ));
        }
        // Of the functions with a key, and of all others.
        for end in [":", "/"] {
            let prefix = [&escaped(self.name()), end].concat();
            let mut cursor = Vec::new();
            loop {
                let page = storage.scan(prefix.as_bytes(), &cursor, STEP).await?;
                let names: Vec<&[u8]> = page.names.iter().map(|name| &**name).collect();
                storage.delete_many(&names).await?;
                match page.next {
                    Some(next) => cursor = next.to_vec(),
                    None => break,
                }
            }
        }
        Ok(())
    }
}

/// So many names are listed and deleted at a time.
const STEP: usize = 256;
