//! Walks over the records of one cache, in bounded steps.

use alloc::sync::Arc;
use alloc::vec::Vec;

use bytes::Bytes;

use super::place::StorageTier;
use super::standing::{SKEW, Standing};
use super::sweeps::Passed;
use crate::error::Error;
use crate::glob::Glob;
use crate::record::Record;
use crate::storage::{Found, Storage};

/// So many names are asked for at a time.
const STEP: usize = 256;

impl<K, V: 'static> StorageTier<K, V> {
    /// Whether the storage can list names.
    ///
    /// # Errors
    /// Of kind `unsupported` when it cannot.
    pub(crate) fn must_scan(&self, operation: &'static str) -> Result<(), Error> {
        if self.capabilities.scans {
            return Ok(());
        }
        let detail =
            "the storage cannot list its names; give the entries a tag and invalidate that";
        Err(Error::unsupported(operation, detail))
    }

    /// Begins to remove the records, written until now, whose keys match: from now on they are dead. What
    /// other processes write in the next seconds may go with them, as long as it runs.
    pub(crate) fn sweep<'a>(&'a self, patterns: &[Glob], wall_ms: u64) -> Sweep<'a, K, V> {
        let patterns: Arc<[Glob]> = patterns.into();
        // A clock that is ahead of this one may have written before.
        self.sweeps.begin(patterns.clone(), wall_ms.saturating_add(SKEW));
        Sweep { tier: self, patterns }
    }

    /// The sweeps that what memory takes from now on is newer than.
    pub(crate) fn passed(&self) -> Passed {
        self.sweeps.passed()
    }

    /// A value that memory took after `passed` was written. Whoever calls it holds the turn of its name.
    pub(crate) fn spare(&self, passed: &Passed, name: &str) {
        self.sweeps.spare(passed, name);
    }

    /// Whether a sweep is under way that takes this record with it.
    pub(super) fn is_swept(&self, record: &Record) -> bool {
        let text = self.space.text(&record.name);
        text.is_some_and(|text| self.sweeps.take(&record.name, text, record.created))
    }

    /// Deletes what is of no use any more; how many records went.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn purge(&self, wall_ms: u64) -> Result<usize, Error> {
        let mut gone = 0;
        loop {
            let step = self.counted(self.storage.purge().await)?;
            if step == 0 {
                break;
            }
            gone += step;
        }
        if !self.capabilities.scans {
            return Ok(gone);
        }
        let mut walk = Walk::new();
        while let Some(page) = self.next_page(&mut walk).await? {
            for (stored, found) in page {
                let dead = match self.read(None, &found) {
                    Ok(record) => {
                        let standing = self.standing_of(&record, &found, wall_ms).await?;
                        matches!(standing, Standing::Dead)
                    }
                    Err(_) => true,
                };
                if dead {
                    let deleted = self.storage.delete_if(&stored, &found.record).await;
                    gone += usize::from(self.counted(deleted)?);
                }
            }
        }
        Ok(gone)
    }

    /// The next records of a walk; none at its end.
    async fn next_page(&self, walk: &mut Walk) -> Result<Option<Vec<(Bytes, Found)>>, Error> {
        let Some(cursor) = walk.next.take() else { return Ok(None) };
        let prefix = self.space.prefix().as_bytes();
        let page = self.counted(self.storage.scan(prefix, &cursor, STEP).await)?;
        walk.next = page.next;
        let names: Vec<&[u8]> = page.names.iter().map(|name| &**name).collect();
        let found = self.counted(self.storage.get_many(&names).await)?;
        let there = page.names.iter().cloned().zip(found);
        Ok(Some(there.filter_map(|(name, found)| Some((name, found?))).collect()))
    }
}

/// A removal of records by their keys. It ends when this is dropped.
pub(crate) struct Sweep<'a, K, V> {
    tier: &'a StorageTier<K, V>,
    patterns: Arc<[Glob]>,
}

impl<K, V: 'static> Sweep<'_, K, V> {
    /// Memory has let go of all that matches: what it takes now is newer.
    pub(crate) fn is_through_memory(&self) {
        self.tier.sweeps.is_through_memory(&self.patterns);
    }

    /// Deletes what lies in the storage; how many records.
    ///
    /// # Errors
    /// When the storage could not be asked; some may be gone then.
    pub(crate) async fn run(&self) -> Result<usize, Error> {
        let (tier, mut gone) = (self.tier, 0);
        let mut walk = Walk::new();
        while let Some(page) = tier.next_page(&mut walk).await? {
            for (stored, found) in page {
                let Ok(record) = tier.read(None, &found) else { continue };
                let Some(text) = tier.space.text(&record.name) else { continue };
                if tier.sweeps.one_takes(&self.patterns, &record.name, text, record.created) {
                    let deleted = tier.storage.delete_if(&stored, &found.record).await;
                    gone += usize::from(tier.counted(deleted)?);
                }
            }
        }
        Ok(gone)
    }
}

impl<K, V> Drop for Sweep<'_, K, V> {
    fn drop(&mut self) {
        self.tier.sweeps.end(&self.patterns);
    }
}

/// Where a walk goes on.
struct Walk {
    next: Option<Bytes>,
}

impl Walk {
    fn new() -> Self {
        Walk { next: Some(Bytes::new()) }
    }
}
