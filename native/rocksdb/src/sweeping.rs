//! The dead leave, where nobody waits for the engine to come across them.

use std::sync::PoisonError;

use rocksdb::ReadOptions;

use crate::database::Database;
use crate::failure::Failure;
use crate::kept::is_dead;
use crate::store::Store;

/// Dead names, and where a walk goes on.
type Walked = (Vec<Vec<u8>>, Option<Vec<u8>>);

impl Store {
    /// Removes some of the dead; how many. Zero only after a look at all records.
    pub(crate) fn purge(&self) -> Result<usize, Failure> {
        let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_round = hand.is_none();
        loop {
            let (dead, next) = self.read(|database| self.walk(database, hand.as_deref()))?;
            *hand = next;
            let mut gone = 0;
            for name in &dead {
                gone += usize::from(self.forget_dead(name)?);
            }
            if gone > 0 || (hand.is_none() && is_round) {
                return Ok(gone);
            }
            is_round |= hand.is_none();
        }
    }

    /// The next dead of the records, a bounded number.
    fn walk(&self, database: &Database, from: Option<&[u8]>) -> Result<Walked, Failure> {
        let now = self.now();
        let mut options = ReadOptions::default();
        options.fill_cache(false);
        let family = database.family(database.families()[0])?;
        let mut rows = database.inner.raw_iterator_cf_opt(family, options);
        rows.seek(from.unwrap_or_default());
        let mut dead = Vec::new();
        while let Some((name, value)) = rows.item() {
            if dead.len() == STEP {
                return Ok((dead, Some(name.into())));
            }
            if is_dead(value, now) {
                dead.push(name.into());
            }
            rows.next();
        }
        rows.status()?;
        Ok((dead, None))
    }

    /// Somebody may have written the name meanwhile.
    fn forget_dead(&self, name: &[u8]) -> Result<bool, Failure> {
        let _turn = self.turns.of(name);
        self.write(|database| {
            let family = database.family_of(name)?;
            let found = database.inner.get_pinned_cf(family, name)?;
            let is_dead = found.is_some_and(|value| is_dead(&value, self.now()));
            if is_dead {
                database.inner.delete_cf(family, name)?;
            }
            Ok(is_dead)
        })
    }
}

/// So many dead leave by one call.
const STEP: usize = 4_096;
