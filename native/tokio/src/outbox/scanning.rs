//! How names are listed: those that wait in memory, those on the disk, those of the storage.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Page, Storage};

use super::cells::{Entry, Name};
use super::change::Change;
use super::shared::Shared;

impl<S: Storage> Shared<S> {
    /// A name goes only from one to a later one meanwhile.
    pub(crate) async fn scan(
        self: &Arc<Self>,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> Result<Page, Error> {
        let limit = limit.max(1);
        let mut page = match cursor {
            [STORED, cursor @ ..] => return self.scan_storage(prefix, cursor, limit).await,
            [SPILLED, version @ ..] => self.scan_disk(prefix, version, limit),
            [QUEUED, from @ ..] => self.scan_memory(prefix, from, limit),
            _ => self.scan_memory(prefix, prefix, limit),
        };
        while page.names.is_empty() {
            page = match page.next.as_deref() {
                Some([SPILLED, version @ ..]) => self.scan_disk(prefix, version, limit),
                _ => return self.scan_storage(prefix, &[], limit).await,
            };
        }
        // Whether the storage can list at all is to be said at once.
        if !self.storage.capabilities().scans {
            return self.storage.scan(prefix, &[], limit).await;
        }
        Ok(page)
    }

    fn scan_memory(&self, prefix: &[u8], from: &[u8], limit: usize) -> Page {
        let (now, state) = (self.now(), self.state());
        let listed = |entry: &&Entry| {
            let is_meant = entry.name.starts_with(prefix) && *entry.name >= *from;
            is_meant && matches!(&entry.change, Change::Put(kept) if !kept.is_dead(now))
        };
        // They lie in the order of their turns: of all names those of this page are picked.
        let mut names: Vec<&Name> =
            state.queue.in_order().filter(listed).map(|entry| &entry.name).collect();
        if names.len() > limit {
            names.select_nth_unstable(limit);
            names.truncate(limit + 1);
        }
        names.sort_unstable();
        let next = (names.len() > limit).then(|| names.pop()).flatten();
        let names = names.into_iter().map(|name| Bytes::copy_from_slice(name)).collect();
        let next = next.map_or(vec![SPILLED], |next| [&[QUEUED], &next[..]].concat());
        Page::new(names, Some(next.into()))
    }

    /// Looks at so many that nobody waits long for the lock; there may be none of the prefix among them.
    fn scan_disk(&self, prefix: &[u8], version: &[u8], limit: usize) -> Page {
        let (now, state) = (self.now(), self.state());
        let from = version.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let mut names = Vec::new();
        for (looked, slot) in state.spilled.from(from).enumerate() {
            if names.len() == limit || looked == AT_ONCE {
                let next = [&[SPILLED], &slot.version.to_be_bytes()[..]].concat();
                return Page::new(names, Some(next.into()));
            }
            let name = state.read(slot).map(|(name, _)| name);
            names.extend(name.filter(|name| name.starts_with(prefix) && !slot.is_dead(now)));
        }
        Page::new(names, Some(Bytes::from_static(&[STORED])))
    }

    async fn scan_storage(
        &self,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> Result<Page, Error> {
        let mut page = self.storage.scan(prefix, cursor, limit).await?;
        let (now, state) = (self.now(), self.state());
        page.names.retain(|name| state.has(name, now) != Some(false));
        drop(state);
        page.next = page.next.map(|next| [&[STORED], &next[..]].concat().into());
        Ok(page)
    }
}

/// How a cursor begins that goes on in the queue, one that goes on in the storage, and one that goes on on the disk.
const QUEUED: u8 = 0;
const STORED: u8 = 1;
const SPILLED: u8 = 2;
/// So many sets on the disk are looked at while the lock is held.
const AT_ONCE: usize = 1_024;
