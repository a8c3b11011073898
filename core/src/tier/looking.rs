//! How a record is found, checked and turned into a value.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::place::StorageTier;
use super::standing::{Standing, standing, terms};
use crate::error::{Error, ErrorKind};
use crate::options::EntryOptions;
use crate::record::Record;
use crate::storage::{Found, Storage, Token};

/// What a look into the storage brings.
pub(crate) enum Look<V> {
    Nothing,
    /// A value, to be kept in memory on these terms.
    Fresh(V, EntryOptions),
    /// A value that may only be used while another is made, for so many milliseconds, or when that
    /// fails, for so many.
    Stale {
        value: V,
        tags: Vec<Box<str>>,
        revalidates_for: u64,
        bridges_for: u64,
    },
    /// A record that cannot be read, and was deleted: nothing, for this reason.
    Damaged(Error),
}

impl<K, V: 'static> StorageTier<K, V> {
    /// What lies under a full name.
    ///
    /// # Errors
    /// When the storage could not be asked. What it holds is no error: a record that cannot be used is
    /// nothing, and is deleted.
    pub(crate) async fn look(&self, name: &str, wall_ms: u64) -> Result<Look<V>, Error> {
        let (found, look) = self.examine_one(name, wall_ms).await?;
        Ok(self.settled(name, found, look).await)
    }

    /// What lies under full names, in their order; asked for in one call.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    pub(crate) async fn look_many(
        &self,
        names: &[&str],
        wall_ms: u64,
    ) -> Result<Vec<Look<V>>, Error> {
        let mut looks = Vec::with_capacity(names.len());
        for (name, (found, look)) in names.iter().zip(self.examine(names, wall_ms).await?) {
            looks.push(self.settled(name, found, look).await);
        }
        Ok(looks)
    }

    /// What a look is, when what cannot be read was deleted.
    async fn settled(
        &self,
        name: &str,
        found: Option<Found>,
        look: Result<Look<V>, Error>,
    ) -> Look<V> {
        if let (Err(_), Some(found)) = (&look, found) {
            self.counts.undecodable.one();
            // It is a miss whether it can be deleted or not.
            let _ = self.storage.delete_if(&self.space.stored(name), &found.record).await;
        }
        look.unwrap_or_else(Look::Damaged)
    }

    /// [`look`](Self::look) that counts and deletes nothing.
    pub(crate) async fn peek(&self, name: &str, wall_ms: u64) -> Result<Look<V>, Error> {
        let (_, look) = self.examine_one(name, wall_ms).await?;
        Ok(look.unwrap_or(Look::Nothing))
    }

    /// Counts what a read found here that memory missed.
    pub(crate) fn count(&self, look: &Look<V>) {
        if let Look::Fresh(..) = look {
            self.counts.hits.one();
        } else {
            self.counts.misses.one();
        }
    }

    /// Counts a failure of the storage.
    pub(crate) fn counted<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if result.is_err() {
            self.counts.failures.one();
        }
        result
    }

    /// What was found under a name, and what it is worth, or why it cannot be read.
    async fn examine_one(
        &self,
        name: &str,
        wall_ms: u64,
    ) -> Result<(Option<Found>, Result<Look<V>, Error>), Error> {
        let found = self.counted(self.storage.get(&self.space.stored(name)).await)?;
        let Some(found) = found else { return Ok((None, Ok(Look::Nothing))) };
        let look = match self.read(Some(name), &found) {
            Ok(record) => {
                let asked = match found.tokens {
                    Some(_) => Vec::new(),
                    None => self.tokens_beside(&record).await?,
                };
                let there = found.tokens.as_deref().unwrap_or(&asked);
                self.judge(&record, &found, there, wall_ms)
            }
            Err(error) => Err(error),
        };
        Ok((Some(found), look))
    }

    /// [`examine_one`](Self::examine_one) for many names, with as few calls.
    async fn examine(
        &self,
        names: &[&str],
        wall_ms: u64,
    ) -> Result<Vec<(Option<Found>, Result<Look<V>, Error>)>, Error> {
        if let [name] = names {
            return Ok(alloc::vec![self.examine_one(name, wall_ms).await?]);
        }
        let stored: Vec<_> = names.iter().map(|name| self.space.stored(name)).collect();
        let stored: Vec<&[u8]> = stored.iter().map(|name| &**name).collect();
        let mut found = self.counted(self.storage.get_many(&stored).await)?;
        found.resize_with(names.len(), || None);
        let read = |(name, found): (&&str, &Option<Found>)| {
            found.as_ref().map(|found| self.read(Some(name), found))
        };
        let records: Vec<Option<Result<Record, Error>>> =
            names.iter().zip(&found).map(read).collect();
        let mut tokens = self.tokens_of(&found, &records).await?;
        let judged = found.into_iter().zip(records).map(|(found, record)| {
            let look = match (record, &found) {
                (Some(Ok(record)), Some(found)) => {
                    let count = 1 + 2 * record.tags.len();
                    match &found.tokens {
                        Some(there) => self.judge(&record, found, there, wall_ms),
                        None => {
                            let there: Vec<_> = tokens.by_ref().take(count).collect();
                            self.judge(&record, found, &there, wall_ms)
                        }
                    }
                }
                (Some(Err(error)), _) => Err(error),
                _ => Ok(Look::Nothing),
            };
            (found, look)
        });
        Ok(judged.collect())
    }

    /// The tokens of all records that came without theirs, one record's after the other's.
    async fn tokens_of(
        &self,
        found: &[Option<Found>],
        records: &[Option<Result<Record, Error>>],
    ) -> Result<alloc::vec::IntoIter<Option<Token>>, Error> {
        let without =
            |found: &Option<Found>| found.as_ref().is_some_and(|own| own.tokens.is_none());
        let records = found.iter().zip(records).filter(|(found, _)| without(found));
        let records = records.filter_map(|(_, record)| record.as_ref()?.as_ref().ok());
        let names: Vec<Vec<u8>> =
            records.flat_map(|record| self.token_names(&record.tags)).collect();
        if names.is_empty() {
            return Ok(Vec::new().into_iter());
        }
        let names: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
        let mut tokens = self.counted(self.storage.tokens(&names).await)?;
        tokens.resize(names.len(), None);
        Ok(tokens.into_iter())
    }

    /// The tokens of a record that came without them.
    async fn tokens_beside(&self, record: &Record) -> Result<Vec<Option<Token>>, Error> {
        let names = self.token_names(&record.tags);
        let names: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
        self.counted(self.storage.tokens(&names).await)
    }

    /// What a record is worth now, beside these tokens.
    ///
    /// # Errors
    /// Of kind `codec` when its value cannot be read.
    fn judge(
        &self,
        record: &Record,
        found: &Found,
        there: &[Option<Token>],
        wall_ms: u64,
    ) -> Result<Look<V>, Error> {
        if self.is_swept(record) {
            return Ok(Look::Nothing);
        }
        let (fresh_for, stale_since) = match standing(record, found.remaining, there, wall_ms) {
            Standing::Living { fresh_for, stale_since } => (fresh_for, stale_since),
            Standing::Skewed => {
                self.counts.skewed.one();
                return Ok(Look::Nothing);
            }
            Standing::Dead => return Ok(Look::Nothing),
        };
        let value = self.codec.decode(&record.payload)?;
        if fresh_for > 0 {
            return Ok(Look::Fresh(value, terms(record, fresh_for)));
        }
        let left = |window: u64| window.saturating_sub(stale_since);
        let (revalidates_for, bridges_for) =
            (left(record.revalidates_for), left(record.bridges_for));
        let tags = record.tags.iter().map(|tag| tag.name.clone()).collect();
        Ok(Look::Stale { value, tags, revalidates_for, bridges_for })
    }

    /// How a record that was found on a walk stands.
    ///
    /// # Errors
    /// When its tokens could not be read.
    pub(super) async fn standing_of(
        &self,
        record: &Record,
        found: &Found,
        wall_ms: u64,
    ) -> Result<Standing, Error> {
        let there = match &found.tokens {
            Some(tokens) => tokens.clone(),
            None => self.tokens_beside(record).await?,
        };
        Ok(standing(record, found.remaining, &there, wall_ms))
    }

    /// The record that these bytes are, if it is one of this cache, under this name if one is given.
    ///
    /// # Errors
    /// Of kind `corrupt` when it is damaged, or another's, or of another type.
    pub(super) fn read(&self, name: Option<&str>, found: &Found) -> Result<Record, Error> {
        let record = Record::decode(&found.record)?;
        let another = |what: &str| Err(Error::new(ErrorKind::Corrupt, "get", what));
        if name.is_some_and(|name| record.name != name.as_bytes()) {
            return another("the record has another key");
        }
        if record.codec != self.codec.id() {
            return another("the record was written by another codec");
        }
        if record.schema != self.schema {
            return another("the record was written for another shape of the type");
        }
        Ok(record)
    }
}
