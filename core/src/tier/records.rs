//! The records of a cache as a tool sees them, that knows neither their types nor their codec.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::inspected::{Condition, Inspected};
use super::names::unescaped;
use super::place::StorageTier;
use crate::codec::Codec;
use crate::error::Error;
use crate::record::Record;
use crate::storage::{AnyStorage, Storage};

/// What lies in a storage under the name of one cache, for programs that look after storages. A program
/// that wants values has a [`Cache`](crate::Cache).
///
/// It reads records of every codec and every type, and deletes none that it cannot read. It keeps nothing
/// in memory and tells nobody: caches that run elsewhere do not hear of what is
/// [adopted](Records::adopt) here.
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_core::{Cache, Clock, Condition, Postcard, Records, SystemClock};
/// # pollster::block_on(async {
/// let storage = MapStorage::new();
/// let users = Cache::<u32, String>::builder("users").storage(storage.clone()).codec(Postcard).build()?;
/// users.set(7, "Ada".to_string()).await?;
///
/// let now = SystemClock::new().wall_ms();
/// let records = Records::new("users", storage);
/// let found = records.find("7", now).await?.expect("it was just set");
/// assert_eq!(found.key(), Some("7"));
/// assert_eq!(found.condition, Condition::Fresh { left: None });
/// assert_eq!(found.record.as_ref().map(|record| record.codec), Some(1));
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
pub struct Records {
    namespace: Box<str>,
    tier: StorageTier<String, ()>,
}

impl Records {
    /// Those of the cache that is built with this name.
    ///
    /// ```
    /// let records = cachefn_core::Records::new("users", cachefn_conformance::MapStorage::new());
    /// assert_eq!(records.namespace(), "users");
    /// ```
    pub fn new(namespace: &str, storage: impl Storage) -> Self {
        let text = |key: &String, out: &mut String| out.push_str(key);
        let storage = AnyStorage::new(storage);
        let tier = StorageTier::new(namespace, storage, Box::new(Unread), text, None, 0);
        Records { namespace: namespace.into(), tier }
    }

    /// The name of the cache.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The names of all caches that ever wrote into this storage, in their order; without those whose
    /// tokens it has lost, whose records are dead.
    ///
    /// # Errors
    /// Of kind `unsupported` when the storage cannot list names, and when it could not be asked.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Postcard, Records};
    /// # pollster::block_on(async {
    /// let storage = cachefn_conformance::MapStorage::new();
    /// let cache = Cache::<u32, u32>::builder("a:b").storage(storage.clone()).codec(Postcard).build()?;
    /// cache.set(1, 10).await?;
    /// assert_eq!(Records::namespaces(&storage).await?, ["a:b"]);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn namespaces(storage: &impl Storage) -> Result<Vec<String>, Error> {
        let mut found = BTreeSet::new();
        let mut next = Some(Bytes::new());
        while let Some(cursor) = next {
            let page = storage.scan(b"%n:", &cursor, STEP).await?;
            let names = page.names.iter().filter_map(|name| core::str::from_utf8(&name[3..]).ok());
            found.extend(names.map(unescaped));
            next = page.next;
        }
        Ok(found.into_iter().collect())
    }

    /// What lies under the key with this text, and how it stands at this time on the wall.
    ///
    /// # Errors
    /// Of kind `key` when the text is too long, and when the storage could not be asked.
    pub async fn find(&self, key: &str, wall_ms: u64) -> Result<Option<Inspected>, Error> {
        let name = self.tier.space.name("get", |text| text.push_str(key))?;
        let stored = Bytes::from(self.tier.stored(&name));
        let Some(found) = self.tier.storage.get(&stored).await? else { return Ok(None) };
        let inspected = self.inspect(stored, found, wall_ms).await?;
        // Two names may have one hash.
        let is_another = inspected.key().is_some_and(|own| own != key);
        Ok((!is_another).then_some(inspected))
    }

    /// Some of the records, and where to go on until that is none; a walk begins with an empty cursor.
    /// What is written or deleted meanwhile may come or not, and what comes may come twice.
    ///
    /// # Errors
    /// Of kind `unsupported` when the storage cannot list names, and when it could not be asked.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Postcard, Records};
    /// # pollster::block_on(async {
    /// # let storage = cachefn_conformance::MapStorage::new();
    /// # let cache = Cache::<u32, u32>::builder("users").storage(storage.clone()).codec(Postcard).build()?;
    /// cache.set(7, 70).await?;
    /// let records = Records::new("users", storage);
    /// let (page, next) = records.walk(b"", 0).await?;
    /// assert_eq!((page[0].key(), next), (Some("7"), None));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn walk(
        &self,
        cursor: &[u8],
        wall_ms: u64,
    ) -> Result<(Vec<Inspected>, Option<Bytes>), Error> {
        let prefix = self.tier.space.prefix().as_bytes();
        let page = self.tier.storage.scan(prefix, cursor, STEP).await?;
        let names: Vec<&[u8]> = page.names.iter().map(|name| &**name).collect();
        let found = self.tier.storage.get_many(&names).await?;
        let mut inspected = Vec::with_capacity(names.len());
        for (stored, found) in page.names.iter().zip(found) {
            if let Some(found) = found {
                inspected.push(self.inspect(stored.clone(), found, wall_ms).await?);
            }
        }
        Ok((inspected, page.next))
    }

    /// Deletes exactly this record, if nobody has written another since; whether it was there.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub async fn delete(&self, inspected: &Inspected) -> Result<bool, Error> {
        self.tier.storage.delete_if(&inspected.stored, &inspected.bytes).await
    }

    /// Writes a record that came from another storage, or from a cache of another name, under its key
    /// here. It is as old as it was, carries the same tags, and depends on the tokens that are here now. If its
    /// time is over, nothing is written.
    /// Whether there is something to replace is the caller's to know.
    ///
    /// # Errors
    /// Of kind `corrupt` when its name has no key in it, `key` or `too-heavy` when the storage does not
    /// take it, and when the storage could not be asked.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Postcard, Records};
    /// # pollster::block_on(async {
    /// # let (storage, other) = (cachefn_conformance::MapStorage::new(), cachefn_conformance::MapStorage::new());
    /// # let build = |storage| Cache::<u32, u32>::builder("users").storage(storage).codec(Postcard).build();
    /// build(storage.clone())?.set(7, 70).await?;
    /// let (page, _) = Records::new("users", storage).walk(b"", 0).await?;
    /// let record = page[0].record.clone().expect("a record");
    /// Records::new("users", other.clone()).adopt(record, 0).await?;
    /// assert_eq!(build(other)?.get(&7).await?, Some(70));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn adopt(&self, record: Record, wall_ms: u64) -> Result<(), Error> {
        let nameless = || Error::corrupt("adopt", "the name of the record has no key in it");
        let key = record.key().ok_or_else(nameless)?;
        let name = self.tier.space.name("adopt", |text| text.push_str(key))?;
        let tags: Vec<Box<str>> = record.tags.iter().map(|tag| tag.name.clone()).collect();
        let start = self.tier.start(&tags).await?;
        self.tier.adopt(&name, &record, &start, wall_ms).await
    }

    async fn inspect(
        &self,
        stored: Bytes,
        found: crate::storage::Found,
        wall_ms: u64,
    ) -> Result<Inspected, Error> {
        let (record, condition) = match Record::decode(&found.record) {
            Ok(record) => {
                let standing = self.tier.standing_of(&record, &found, wall_ms).await?;
                (Some(record), Condition::from(standing))
            }
            Err(error) => (None, Condition::Unreadable(error)),
        };
        Ok(Inspected { stored, bytes: found.record, record, condition })
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("namespace", &self.namespace.to_string()).finish()
    }
}

/// Stands where a codec must: nothing is decoded here.
struct Unread;

impl Codec<()> for Unread {
    fn id(&self) -> u8 {
        0
    }
    fn encode(&self, (): &(), _: &mut Vec<u8>) -> Result<(), Error> {
        Err(Error::unsupported("encode", "records are not made here"))
    }
    fn decode(&self, _: &[u8]) -> Result<(), Error> {
        Err(Error::unsupported("decode", "values are not read here"))
    }
}

/// So many names are asked for at a time.
const STEP: usize = 256;
