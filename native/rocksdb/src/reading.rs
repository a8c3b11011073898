//! What is under a name, and which names there are.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use cachefn_core::{Error, Page};
use rocksdb::{ErrorKind, ReadOptions};

use crate::database::Database;
use crate::failure::Failure;
use crate::kept::{is_dead, parts};
use crate::store::Store;

impl Store {
    /// The live record under a name.
    pub(crate) fn find(
        &self,
        operation: &'static str,
        name: &[u8],
    ) -> Result<Option<Bytes>, Error> {
        let found = self.read(|database| self.look(database, name));
        found.map_err(|failure| failure.told(operation))
    }

    /// As [`find`](Store::find). What lies in a damaged block is not there.
    pub(crate) fn look(&self, database: &Database, name: &[u8]) -> Result<Option<Bytes>, Failure> {
        let found = match database.inner.get_pinned_cf(database.family_of(name)?, name) {
            Err(error) if error.kind() == ErrorKind::Corruption => {
                self.unreadable.fetch_add(1, Ordering::Relaxed);
                return Ok(None);
            }
            found => found?,
        };
        Ok(found.as_deref().and_then(parts).and_then(|(deadline, record)| {
            // The clock is not asked where it does not matter.
            let is_live = deadline == u64::MAX || deadline > self.now();
            is_live.then(|| Bytes::copy_from_slice(record))
        }))
    }

    /// Some names with a prefix.
    pub(crate) fn names(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        // A cursor is the number of a family, and after the first step the last name.
        let (family, last) = match cursor.split_first() {
            Some((family, [])) => (usize::from(*family), None),
            Some((family, last)) => {
                (usize::from(*family), last.split_first().map(|(_, name)| name))
            }
            None => (0, None),
        };
        let step = |database: &Database| self.step(database, (family, last), prefix, limit.max(1));
        self.read(step).map_err(|failure| failure.told("scan"))
    }

    fn step(
        &self,
        database: &Database,
        (family, last): (usize, Option<&[u8]>),
        prefix: &[u8],
        limit: usize,
    ) -> Result<Page, Failure> {
        let families = database.families();
        // Somebody else's cursor, perhaps.
        let Some(of) = families.get(family) else { return Ok(Page::default()) };
        let now = self.now();
        let mut options = ReadOptions::default();
        options.fill_cache(false);
        let mut rows = database.inner.raw_iterator_cf_opt(database.family(*of)?, options);
        rows.seek(last.unwrap_or(prefix));
        let (mut names, mut seen) = (Vec::new(), 0);
        while let Some((name, value)) = rows.item() {
            if !name.starts_with(prefix) {
                break;
            }
            // What was seen last stands at the beginning, if it is still there.
            if last != Some(name) {
                if !is_dead(value, now) {
                    names.push(Bytes::copy_from_slice(name));
                }
                seen += 1;
                if seen == limit {
                    let next = [&[family as u8, 1], name].concat();
                    return Ok(Page::new(names, Some(next.into())));
                }
            }
            rows.next();
        }
        rows.status()?;
        let next = family + 1;
        Ok(Page::new(names, (next < families.len()).then(|| Bytes::from(vec![next as u8]))))
    }
}
