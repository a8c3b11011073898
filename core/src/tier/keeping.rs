//! How a value becomes a record, and a record goes.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;

use super::place::StorageTier;
use super::standing::Standing;
use super::start::Start;
use crate::entry::{NEVER, Times};
use crate::error::{Error, ErrorKind};
use crate::record::{Head, Record};
use crate::storage::{Keep, Lease, Put, Storage};

/// A value on its way into the storage, as bytes.
pub(crate) struct Parcel {
    record: Bytes,
    life: Option<Duration>,
    /// No source was asked for the value.
    is_given: bool,
}

impl Parcel {
    /// The same, of a value that its caller had, if it is so.
    pub(crate) fn given(mut self, is_given: bool) -> Self {
        self.is_given = is_given;
        self
    }
}

/// A place where values become bytes, one after the other.
pub(crate) struct Desk(Vec<u8>);

impl Desk {
    pub(crate) fn new() -> Self {
        Desk(Vec::with_capacity(USUAL_PAYLOAD))
    }
}

impl<K, V: 'static> StorageTier<K, V> {
    /// Makes the record of a value, at a desk where others may have been made. `times` count from now, in
    /// milliseconds.
    ///
    /// # Errors
    /// Of kind `codec` when the value has no bytes, `too-heavy` when the storage takes no such record.
    pub(crate) fn pack(
        &self,
        name: &str,
        value: &V,
        times: Times,
        start: &Start,
        wall_ms: u64,
        Desk(payload): &mut Desk,
    ) -> Result<Parcel, Error> {
        payload.clear();
        self.counted(self.codec.encode(value, payload))?;
        let head = Head {
            codec: self.codec.id(),
            schema: self.schema,
            created: wall_ms,
            fresh_for: times.fresh_until,
            revalidates_for: times.revalidates_for,
            bridges_for: times.bridges_for,
            idle_for: times.idle_for,
            name: name.as_bytes(),
            namespace_token: start.namespace,
            tags: &start.tags,
        };
        self.counted(self.parcel(&head, payload))
    }

    /// Writes a record that was made elsewhere under this name, with these tokens instead of its own;
    /// nothing if its time is over.
    ///
    /// # Errors
    /// Of kind `too-heavy`, and when the storage did not take it.
    pub(super) async fn adopt(
        &self,
        name: &str,
        record: &Record,
        start: &Start,
        wall_ms: u64,
    ) -> Result<(), Error> {
        let age = Duration::from_millis(wall_ms.saturating_sub(record.created));
        let head = Head {
            name: name.as_bytes(),
            namespace_token: start.namespace,
            tags: &start.tags,
            ..record.head()
        };
        let mut parcel = self.parcel(&head, &record.payload)?;
        // Its life began when it was made.
        parcel.life = parcel.life.map(|life| life.saturating_sub(age));
        if parcel.life == Some(Duration::ZERO) {
            return Ok(());
        }
        self.keep(name, parcel, start, None).await.map(|_| ())
    }

    fn parcel(&self, head: &Head<'_>, payload: &[u8]) -> Result<Parcel, Error> {
        let stale_for = head.revalidates_for.max(head.bridges_for);
        let life = head.fresh_for.saturating_add(stale_for);
        let bytes = head.encode(payload, self.compress_above);
        let most = self.capabilities.max_record;
        if bytes.len() > most {
            let detail = alloc::format!(
                "the record has {} bytes, but the storage takes {most} at most",
                bytes.len()
            );
            return Err(Error::new(ErrorKind::TooHeavy, "set", detail));
        }
        let life = (life != NEVER).then(|| Duration::from_millis(life));
        Ok(Parcel { record: bytes, life, is_given: false })
    }

    /// Writes a record, and gives it back; nothing when the tokens of its start turn out not to be those
    /// that are there: then it is there, but nobody's. Whoever calls it holds the turn of the name.
    ///
    /// # Errors
    /// When the storage did not take it.
    pub(crate) async fn keep(
        &self,
        name: &str,
        Parcel { record, life, is_given }: Parcel,
        start: &Start,
        lease: Option<Lease>,
    ) -> Result<Option<Bytes>, Error> {
        let stored = self.space.stored(name);
        // Most have no tags, and then nothing is made of them.
        let with_tags =
            if start.tags.is_empty() { Vec::new() } else { self.token_names(&start.tags) };
        let alone = [self.space.namespace_token()];
        let all: Vec<&[u8]> = with_tags.iter().map(|name| &**name).collect();
        let tokens: &[&[u8]] = if start.tags.is_empty() { &alone } else { &all };
        let keep = Keep { lease, is_given, ..Keep::new(life, tokens) };
        if !start.is_guess {
            let kept = self.storage.set(&stored, record.clone(), keep).await;
            return self.counted(kept.map(|()| Some(record)));
        }
        let told = self.counted(self.storage.set_telling(&stored, record.clone(), keep).await)?;
        let there = match told {
            Some(there) => there,
            None => match self.counted(self.storage.tokens(tokens).await) {
                Ok(there) => there,
                // It took the record; to be wrong about the tokens costs a miss.
                Err(_) => return Ok(Some(record)),
            },
        };
        let is_right = there.into_iter().eq(start.tokens().map(Some));
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
        match self.counted(encoded.and_then(|()| self.parcel(&record.head(), &record.payload))) {
            Ok(parcel) => self.keep_again(name, parcel, record).await,
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
        let parcel = self.parcel(&record.head(), &record.payload)?;
        self.keep_again(name, parcel, record).await
    }

    /// Writes what a record has become, under its own tokens.
    async fn keep_again(&self, name: &str, parcel: Parcel, record: Record) -> Result<bool, Error> {
        let start = Start { namespace: record.namespace_token, tags: record.tags, is_guess: false };
        self.keep(name, parcel, &start, None).await.map(|_| true)
    }

    /// Deletes many records in one call; how many there were. Whoever calls it holds their turns.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn forget_many(&self, names: &[String]) -> Result<usize, Error> {
        let stored: Vec<_> = names.iter().map(|name| self.space.stored(name)).collect();
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

    /// Writes many records under these names in one call, all made with this start. Whoever calls it holds
    /// the turns of the names.
    ///
    /// # Errors
    /// The first that the storage had.
    pub(crate) async fn keep_many(
        &self,
        names: &[&str],
        parcels: Vec<Parcel>,
        start: &Start,
    ) -> Result<(), Error> {
        let stored: Vec<_> = names.iter().map(|name| self.space.stored(name)).collect();
        let tokens = self.token_names(&start.tags);
        let tokens: Vec<&[u8]> = tokens.iter().map(|name| &**name).collect();
        let records = stored.iter().zip(parcels).map(|(name, parcel)| Put {
            name,
            record: parcel.record,
            keep: Keep { is_given: parcel.is_given, ..Keep::new(parcel.life, &tokens) },
        });
        self.counted(self.storage.set_many(records.collect()).await)
    }
}

/// Room for the bytes of a value, before it is known how many they are.
const USUAL_PAYLOAD: usize = 256;
