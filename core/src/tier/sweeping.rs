//! Walks over the records of one cache, in bounded steps.

use alloc::sync::Arc;
use alloc::vec::Vec;

use bytes::Bytes;

use super::StorageTier;
use super::looking::Standing;
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

    /// Begins to remove the records, written until now, whose keys match: from now on they are dead.
    pub(crate) fn sweep<'a>(&'a self, patterns: &[Glob], wall_ms: u64) -> Sweep<'a, K, V> {
        let patterns: Arc<[Glob]> = patterns.into();
        self.sweeps.lock().push((patterns.clone(), wall_ms));
        Sweep { tier: self, patterns, wall_ms }
    }

    /// Whether a sweep is under way that takes this record with it.
    pub(super) fn is_swept(&self, record: &Record) -> bool {
        let sweeps = self.sweeps.lock();
        !sweeps.is_empty()
            && sweeps.iter().any(|(patterns, until)| self.is_meant(record, patterns, *until))
    }

    fn is_meant(&self, record: &Record, patterns: &[Glob], until: u64) -> bool {
        let text = self.space.text(&record.name).filter(|_| record.created <= until);
        text.is_some_and(|text| patterns.iter().any(|pattern| pattern.matches(text)))
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
    wall_ms: u64,
}

impl<K, V: 'static> Sweep<'_, K, V> {
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
                if tier.is_meant(&record, &self.patterns, self.wall_ms) {
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
        let mut sweeps = self.tier.sweeps.lock();
        let at = sweeps.iter().position(|(patterns, _)| Arc::ptr_eq(patterns, &self.patterns));
        let gone = at.map(|at| sweeps.swap_remove(at));
        drop(sweeps);
        drop(gone);
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
