//! The reference of a storage: a sorted map in memory that does all that a storage can do.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{
    Capabilities, Clock, Error, Found, Keep, MaybeSend, MaybeSync, Page, Put, Storage, Token,
};

/// Keeps records in memory, for tests and as a model of a storage; clones share what is kept.
///
/// It is immediate, lists its names, reads tokens together with a record, and with a clock it forgets
/// what has outlived its use. It never forgets for want of space.
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_core::{Keep, ManualClock, Storage};
/// use std::time::Duration;
///
/// # pollster::block_on(async {
/// let clock = ManualClock::new();
/// let storage = MapStorage::with_clock(clock.clone());
/// let second = Duration::from_secs(1);
/// storage.set(b"name", b"record"[..].into(), Keep::new(Some(second), &[])).await?;
/// assert_eq!(storage.get(b"name").await?.unwrap().remaining, Some(second));
/// clock.advance(second);
/// assert_eq!(storage.get(b"name").await?, None);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct MapStorage {
    shared: Arc<Shared>,
    tells_tokens: bool,
}

impl MapStorage {
    /// An empty one that keeps every record until it is deleted.
    ///
    /// ```
    /// assert!(cachefn_conformance::MapStorage::new().is_empty());
    /// ```
    pub fn new() -> Self {
        MapStorage::over(None)
    }

    /// An empty one that forgets by this clock's monotonic time.
    ///
    /// ```
    /// let clock = cachefn_core::ManualClock::new();
    /// assert!(cachefn_conformance::MapStorage::with_clock(clock).is_empty());
    /// ```
    pub fn with_clock(clock: impl Clock + MaybeSend + MaybeSync + 'static) -> Self {
        MapStorage::over(Some(Box::new(clock)))
    }

    /// The same, and a write tells the tokens that are there: see
    /// [`Storage::set_telling`](cachefn_core::Storage::set_telling).
    ///
    /// ```
    /// use cachefn_conformance::MapStorage;
    /// use cachefn_core::Storage;
    /// assert!(MapStorage::new().telling_tokens().capabilities().tells_tokens);
    /// ```
    #[must_use]
    pub fn telling_tokens(mut self) -> Self {
        self.tells_tokens = true;
        self
    }

    /// How many records and tokens are kept, the dead among them that no purge has met.
    ///
    /// ```
    /// use cachefn_core::{Keep, Storage};
    /// let storage = cachefn_conformance::MapStorage::new();
    /// pollster::block_on(storage.set(b"name", b"record"[..].into(), Keep::default())).unwrap();
    /// assert_eq!(storage.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.shared.lock().kept.len()
    }

    /// Whether nothing is kept.
    ///
    /// ```
    /// assert!(cachefn_conformance::MapStorage::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn over(clock: Option<Box<dyn Time>>) -> Self {
        let shared = Arc::new(Shared { map: Mutex::default(), clock });
        MapStorage { shared, tells_tokens: false }
    }

    fn open(&self, operation: &'static str) -> Result<MutexGuard<'_, Map>, Error> {
        let map = self.shared.lock();
        match map.is_closed {
            true => Err(Error::unavailable(operation, "the storage is closed; open it again")),
            false => Ok(map),
        }
    }

    fn now(&self) -> u64 {
        self.shared.clock.as_ref().map_or(0, |clock| clock.mono_ms())
    }
}

impl Default for MapStorage {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MapStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapStorage").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Storage for MapStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let now = self.now();
        Ok(self.open("get")?.found(name, now))
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        let (now, timed) = (self.now(), self.shared.clock.is_some());
        let kept = Kept::new(record, keep, timed.then_some(now));
        let replaced = self.open("set")?.kept.insert(name.to_vec(), kept);
        drop(replaced); // after the lock
        Ok(())
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        let now = self.now();
        let deleted = self.open("delete")?.kept.remove(name);
        Ok(deleted.is_some_and(|kept| kept.is_alive(now)))
    }

    fn capabilities(&self) -> Capabilities {
        let all = Capabilities::default().immediate().scanning();
        if self.tells_tokens { all.telling_tokens() } else { all }
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.set(name, record, keep).await?;
        if !self.tells_tokens {
            return Ok(None);
        }
        let now = self.now();
        let map = self.open("set")?;
        Ok(Some(keep.tokens.iter().map(|name| map.token(name, now)).collect()))
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        let now = self.now();
        let map = self.open("get_many")?;
        Ok(names.iter().map(|name| map.found(name, now)).collect())
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        let (now, timed) = (self.now(), self.shared.clock.is_some());
        let mut map = self.open("set_many")?;
        for Put { name, record, keep } in records {
            map.kept.insert(name.to_vec(), Kept::new(record, keep, timed.then_some(now)));
        }
        Ok(())
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        let now = self.now();
        let mut map = self.open("delete_if")?;
        let is_there = map.found(name, now).is_some_and(|found| found.record == record);
        if is_there {
            map.kept.remove(name);
        }
        Ok(is_there)
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        let now = self.now();
        let mut map = self.open("create_tokens")?;
        let create = |&(name, token): &(&[u8], Token)| {
            map.token(name, now).unwrap_or_else(|| {
                let record = Bytes::copy_from_slice(&token.0);
                map.kept.insert(name.to_vec(), Kept::new(record, Keep::default(), None));
                token
            })
        };
        Ok(tokens.iter().map(create).collect())
    }

    /// A cursor is the least name that may come next.
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        let now = self.now();
        let map = self.open("scan")?;
        let start = prefix.max(cursor).to_vec();
        let below = map.kept.range(start..).take_while(|(name, _)| name.starts_with(prefix));
        let mut alive = below.filter(|(_, kept)| kept.is_alive(now)).map(|(name, _)| name);
        let names = alive.by_ref().take(limit.max(1)).map(|name| Bytes::copy_from_slice(name));
        let names: Vec<Bytes> = names.collect();
        let next = alive.next().map(|name| Bytes::copy_from_slice(name));
        Ok(Page::new(names, next))
    }

    async fn flush(&self) -> Result<(), Error> {
        self.open("flush").map(drop)
    }

    async fn purge(&self) -> Result<usize, Error> {
        let now = self.now();
        let mut map = self.open("purge")?;
        let dead = map.kept.iter().filter(|(_, kept)| !kept.is_alive(now));
        let dead: Vec<Vec<u8>> = dead.map(|(name, _)| name.clone()).take(AT_ONCE).collect();
        for name in &dead {
            map.kept.remove(name);
        }
        Ok(dead.len())
    }

    async fn close(&self) -> Result<(), Error> {
        let mut map = self.open("close")?;
        map.is_closed = true;
        let kept = std::mem::take(&mut map.kept);
        drop(map);
        drop(kept); // after the lock
        Ok(())
    }
}

struct Shared {
    map: Mutex<Map>,
    clock: Option<Box<dyn Time>>,
}

impl Shared {
    /// A map is whole between any two statements, so a panic elsewhere does not concern it.
    fn lock(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that can be where the storage is.
trait Time: Clock + MaybeSend + MaybeSync {}
impl<C: Clock + MaybeSend + MaybeSync> Time for C {}

#[derive(Default)]
struct Map {
    kept: BTreeMap<Vec<u8>, Kept>,
    is_closed: bool,
}

impl Map {
    fn found(&self, name: &[u8], now: u64) -> Option<Found> {
        let kept = self.kept.get(name).filter(|kept| kept.is_alive(now))?;
        let mut found = Found::new(kept.record.clone());
        found.remaining = kept.until.map(|until| Duration::from_millis(until - now));
        found.tokens = Some(kept.tokens.iter().map(|name| self.token(name, now)).collect());
        Some(found)
    }

    fn token(&self, name: &[u8], now: u64) -> Option<Token> {
        let kept = self.kept.get(name).filter(|kept| kept.is_alive(now))?;
        Token::read(&kept.record)
    }
}

struct Kept {
    record: Bytes,
    until: Option<u64>,
    tokens: Vec<Vec<u8>>,
}

impl Kept {
    /// `now` where there is a clock.
    fn new(record: Bytes, keep: Keep<'_>, now: Option<u64>) -> Self {
        let ms = |life: Duration| u64::try_from(life.as_millis()).ok();
        let until = keep.life.zip(now).and_then(|(life, now)| now.checked_add(ms(life)?));
        Kept { record, until, tokens: keep.tokens.iter().map(|name| name.to_vec()).collect() }
    }

    fn is_alive(&self, now: u64) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

const AT_ONCE: usize = 1_000;
