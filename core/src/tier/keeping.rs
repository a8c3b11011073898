//! How a value becomes a record, and a record goes.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;

use super::looking::Standing;
use super::place::StorageTier;
use super::start::Start;
use crate::entry::{NEVER, Times};
use crate::error::{Error, ErrorKind};
use crate::record::Record;
use crate::storage::{Keep, Lease, Put, Storage, Token};

/// A value on its way into the storage, as bytes.
pub(crate) struct Parcel {
    stored: Vec<u8>,
    record: Bytes,
    life: Option<Duration>,
    tokens: Vec<Vec<u8>>,
    lease: Option<Lease>,
    /// What the tokens were taken to be.
    guess: Option<Vec<Token>>,
}

impl Parcel {
    /// The same, of a value that was made under a lease.
    pub(crate) fn under(mut self, lease: Option<Lease>) -> Self {
        self.lease = lease;
        self
    }
}

impl<K, V: 'static> StorageTier<K, V> {
    /// Makes the record of a value. `times` count from now, in milliseconds.
    ///
    /// # Errors
    /// Of kind `codec` when the value has no bytes, `too-heavy` when the storage takes no such record.
    pub(crate) fn pack(
        &self,
        name: &str,
        value: &V,
        times: Times,
        start: Start,
        wall_ms: u64,
    ) -> Result<Parcel, Error> {
        let mut payload = Vec::new();
        self.counted(self.codec.encode(value, &mut payload))?;
        let guess = start.is_guess.then(|| start.tokens());
        let record = Record {
            codec: self.codec.id(),
            schema: self.schema,
            created: wall_ms,
            fresh_for: times.fresh_until,
            revalidates_for: times.revalidates_for,
            bridges_for: times.bridges_for,
            idle_for: times.idle_for,
            name: Bytes::copy_from_slice(name.as_bytes()),
            namespace_token: start.namespace,
            tags: start.tags,
            payload: payload.into(),
        };
        let parcel = self.counted(self.parcel(name, &record))?;
        Ok(Parcel { guess, ..parcel })
    }

    /// Writes a record that was made elsewhere under this name, with these tokens instead of its own;
    /// nothing if its time is over.
    ///
    /// # Errors
    /// Of kind `too-heavy`, and when the storage did not take it.
    pub(super) async fn adopt(
        &self,
        name: &str,
        record: Record,
        start: Start,
        wall_ms: u64,
    ) -> Result<(), Error> {
        let age = Duration::from_millis(wall_ms.saturating_sub(record.created));
        let name_bytes = Bytes::copy_from_slice(name.as_bytes());
        let Start { namespace: namespace_token, tags, .. } = start;
        let record = Record { name: name_bytes, namespace_token, tags, ..record };
        let mut parcel = self.parcel(name, &record)?;
        // Its life began when it was made.
        parcel.life = parcel.life.map(|life| life.saturating_sub(age));
        if parcel.life == Some(Duration::ZERO) {
            return Ok(());
        }
        self.keep(parcel).await.map(|_| ())
    }

    fn parcel(&self, name: &str, record: &Record) -> Result<Parcel, Error> {
        let stale_for = record.revalidates_for.max(record.bridges_for);
        let life = record.fresh_for.saturating_add(stale_for);
        let bytes = record.encode(self.compress_above);
        let most = self.capabilities.max_record;
        if bytes.len() > most {
            let detail = alloc::format!(
                "the record has {} bytes, but the storage takes {most} at most",
                bytes.len()
            );
            return Err(Error::new(ErrorKind::TooHeavy, "set", detail));
        }
        Ok(Parcel {
            stored: self.space.stored(name),
            record: bytes,
            life: (life != NEVER).then(|| Duration::from_millis(life)),
            tokens: self.token_names(record.tags.iter().map(|tag| &*tag.name)),
            lease: None,
            guess: None,
        })
    }

    /// Writes a record, and gives it back; nothing when its tokens turn out not to be those that are
    /// there: then it is there, but nobody's. Whoever calls it holds the turn of the name.
    ///
    /// # Errors
    /// When the storage did not take it.
    pub(crate) async fn keep(&self, parcel: Parcel) -> Result<Option<Bytes>, Error> {
        let Parcel { stored, record, life, tokens, lease, guess } = parcel;
        let tokens: Vec<&[u8]> = tokens.iter().map(|name| &**name).collect();
        let keep = Keep { lease, ..Keep::new(life, &tokens) };
        let Some(guess) = guess else {
            let kept = self.storage.set(&stored, record.clone(), keep).await;
            return self.counted(kept.map(|()| Some(record)));
        };
        let told = self.counted(self.storage.set_telling(&stored, record.clone(), keep).await)?;
        let there = match told {
            Some(there) => there,
            None => match self.counted(self.storage.tokens(&tokens).await) {
                Ok(there) => there,
                // It took the record; to be wrong about the tokens costs a miss.
                Err(_) => return Ok(Some(record)),
            },
        };
        let is_right = there.into_iter().eq(guess.into_iter().map(Some));
        if !is_right {
            self.forget_tokens();
        }
        Ok(is_right.then_some(record))
    }

    /// Deletes this very record, if nobody has written another since.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn take_back(&self, name: &str, record: &[u8]) -> Result<(), Error> {
        let deleted = self.storage.delete_if(&self.space.stored(name), record).await;
        self.counted(deleted.map(drop))
    }

    /// Puts another value into a living record, whose times and tags stay; whether there is one.
    /// Whoever calls it holds the turn of the name.
    ///
    /// # Errors
    /// As [`pack`](Self::pack) and [`keep`](Self::keep).
    pub(crate) async fn change(&self, name: &str, value: &V, wall_ms: u64) -> Result<bool, Error> {
        let Some(mut record) = self.living(name, wall_ms).await? else { return Ok(false) };
        let mut payload = Vec::new();
        let encoded = self.codec.encode(value, &mut payload);
        record.payload = payload.into();
        match self.counted(encoded.and_then(|()| self.parcel(name, &record))) {
            Ok(parcel) => self.keep(parcel).await.map(|_| true),
            Err(error) => {
                // What is there is not true any more.
                self.forget(name).await?;
                Err(error)
            }
        }
    }

    /// Deletes a record; whether there was one. Whoever calls it holds the turn of the name.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn forget(&self, name: &str) -> Result<bool, Error> {
        self.counted(self.storage.delete(&self.space.stored(name)).await)
    }

    /// Makes a fresh record stale from now on, or deletes it when it has no time to be stale; whether
    /// there was one. Whoever calls it holds the turn of the name.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn expire(&self, name: &str, wall_ms: u64) -> Result<bool, Error> {
        let Some(mut record) = self.living(name, wall_ms).await? else { return Ok(false) };
        if record.revalidates_for.max(record.bridges_for) == 0 {
            return self.forget(name).await;
        }
        record.fresh_for = wall_ms.saturating_sub(record.created);
        let parcel = self.parcel(name, &record)?;
        self.keep(parcel).await.map(|_| true)
    }

    /// Deletes many records in one call; how many there were. Whoever calls it holds their turns.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn forget_many(&self, names: &[String]) -> Result<usize, Error> {
        let stored: Vec<Vec<u8>> = names.iter().map(|name| self.space.stored(name)).collect();
        let stored: Vec<&[u8]> = stored.iter().map(|name| &**name).collect();
        self.counted(self.storage.delete_many(&stored).await)
    }

    /// The record under a name, if it is fresh.
    async fn living(&self, name: &str, wall_ms: u64) -> Result<Option<Record>, Error> {
        let found = self.counted(self.storage.get(&self.space.stored(name)).await)?;
        let Some(found) = found else { return Ok(None) };
        let Ok(record) = self.read(Some(name), &found) else { return Ok(None) };
        let standing = self.standing_of(&record, &found, wall_ms).await?;
        let fresh = matches!(standing, Standing::Living { fresh_for: 1.., .. });
        Ok(fresh.then_some(record))
    }

    /// Writes many records in one call. Whoever calls it holds the turns of their names.
    ///
    /// # Errors
    /// The first that the storage had.
    pub(crate) async fn keep_many<'a>(&self, parcels: &'a [Parcel]) -> Result<(), Error> {
        let borrow = |parcel: &'a Parcel| parcel.tokens.iter().map(|name| &**name).collect();
        let names: Vec<Vec<&[u8]>> = parcels.iter().map(borrow).collect();
        let records = parcels.iter().zip(&names).map(|(parcel, names)| Put {
            name: &parcel.stored,
            record: parcel.record.clone(),
            keep: Keep::new(parcel.life, names),
        });
        self.counted(self.storage.set_many(records.collect()).await)
    }
}
