//! What is under a name, and which names there are.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Page};

use crate::engine::Snapshot;
use crate::failure::{Failure, guarded};
use crate::pending::{Change, Kept};
use crate::store::Store;
use crate::tables::parts;

impl Store {
    /// The live record under a name.
    pub(crate) fn find(
        &self,
        operation: &'static str,
        name: &[u8],
    ) -> Result<Option<Bytes>, Error> {
        let kept = match self.look(operation, name)? {
            Looked::Pending(kept) => kept,
            Looked::File(snapshot, generation) => self
                .read(operation, (snapshot, generation), |snapshot| {
                    let Some(value) = snapshot.get(name)? else { return Ok(None) };
                    let (_, deadline, record) = parts(value.value())
                        .ok_or_else(|| redb::Error::Corrupted("a value is too short".into()))?;
                    Ok(Some(Kept { record: Bytes::copy_from_slice(record), deadline }))
                })?
                .flatten(),
        };
        // To ask the clock costs a tenth of a read, so it is not asked where it does not matter.
        let is_live = |kept: &Kept| kept.deadline == u64::MAX || kept.deadline > self.now();
        Ok(kept.filter(is_live).map(|kept| kept.record))
    }

    /// Some names with a prefix, in their order.
    pub(crate) fn names(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        let (now, limit) = (self.now(), limit.max(1));
        // A cursor is a 1 and the last name, so that the empty name is not the beginning.
        let last = cursor.split_first().map(|(_, last)| last);
        let start = last.map_or(Bound::Included(prefix), Bound::Excluded);
        let (newer, file) = {
            let state = self.state();
            if state.is_closed {
                return Err(Failure::Closed.told("scan"));
            }
            // The older ones first: the newer ones take their place.
            let mut newer = BTreeMap::new();
            for pending in [state.committing.as_deref(), Some(&state.active)].into_iter().flatten()
            {
                let named = pending.range(start).take_while(|(name, _)| name.starts_with(prefix));
                for (name, change) in named.take(limit) {
                    let is_live = matches!(change, Change::Put(kept) if kept.deadline > now);
                    newer.insert(Bytes::copy_from_slice(name), is_live);
                }
            }
            (newer, (state.snapshot.clone(), state.generation))
        };
        let older = self.read("scan", file, |snapshot| {
            let mut older = Vec::new();
            for row in snapshot.range::<&[u8]>((start, Bound::Unbounded))?.take(limit) {
                let (name, value) = row?;
                if !name.value().starts_with(prefix) {
                    break;
                }
                let is_live = parts(value.value()).is_some_and(|(_, deadline, _)| deadline > now);
                older.push((Bytes::copy_from_slice(name.value()), is_live));
            }
            Ok(older)
        })?;
        // Of each source the first names are here, so of all together they are, too.
        let mut all: BTreeMap<Bytes, bool> = older.unwrap_or_default().into_iter().collect();
        all.extend(newer);
        let next = (all.len() >= limit).then(|| all.keys().nth(limit - 1)).flatten();
        let next = next.map(|last| [&[1], &**last].concat().into());
        let live = all.into_iter().take(limit).filter(|(_, is_live)| *is_live);
        Ok(Page::new(live.map(|(name, _)| name).collect(), next))
    }

    /// Reads from the file. Where it turns out to be damaged another one takes its place, and nothing
    /// is found.
    fn read<T>(
        &self,
        operation: &'static str,
        (snapshot, generation): (Option<Snapshot>, u64),
        work: impl Fn(&Snapshot) -> Result<T, redb::Error>,
    ) -> Result<Option<T>, Error> {
        let tried = match &snapshot {
            Some(snapshot) => guarded(|| work(snapshot)),
            None => Err(Failure::Closed),
        };
        match tried {
            Ok(found) => Ok(Some(found)),
            Err(Failure::Damaged(why)) => {
                drop(snapshot);
                self.replace(why, generation).map_err(|failure| failure.told(operation))?;
                Ok(None)
            }
            // A write failed meanwhile, after which the file is opened again.
            Err(_) => {
                drop(snapshot);
                let read = self.read_alone(|snapshot| work(snapshot));
                read.map(Some).map_err(|failure| failure.told(operation))
            }
        }
    }

    fn look(&self, operation: &'static str, name: &[u8]) -> Result<Looked, Error> {
        let state = self.state();
        if state.is_closed {
            return Err(Failure::Closed.told(operation));
        }
        Ok(match state.change(name) {
            Some(Change::Put(kept)) => Looked::Pending(Some(kept.clone())),
            Some(Change::Gone) => Looked::Pending(None),
            None => Looked::File(state.snapshot.as_ref().map(Arc::clone), state.generation),
        })
    }
}

/// Where a name was found to be looked up.
enum Looked {
    Pending(Option<Kept>),
    File(Option<Snapshot>, u64),
}
