//! Writes: into memory at once, on the disk soon.

use bytes::Bytes;
use cachefn_core::{Error, Token};

use crate::failure::Failure;
use crate::pending::{Change, Kept};
use crate::store::Store;

/// Changes with their names.
pub(crate) type Changes<'n> = Vec<(&'n [u8], Change)>;

impl Store {
    /// Makes changes that do not depend on what is there.
    pub(crate) fn write(&self, operation: &'static str, changes: Changes<'_>) -> Result<(), Error> {
        self.make_room(operation)?;
        self.take(operation, changes)
    }

    /// Forgets a name; whether there was a live record, and, if only a certain one is meant, that one.
    pub(crate) fn forget(
        &self,
        operation: &'static str,
        name: &[u8],
        only: Option<&[u8]>,
    ) -> Result<bool, Error> {
        self.make_room(operation)?;
        let _alone = self.writers();
        let found = self.find(operation, name)?;
        let is_meant = found.is_some_and(|found| only.is_none_or(|only| found == only));
        if is_meant {
            self.take(operation, vec![(name, Change::Gone)])?;
        }
        Ok(is_meant)
    }

    /// Keeps the tokens that are not there; those that are there then. A token that a crash takes
    /// away again takes only misses with it, so nothing waits for the disk.
    pub(crate) fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        const OPERATION: &str = "create tokens";
        self.make_room(OPERATION)?;
        let _alone = self.writers();
        let (mut all, mut changes) = (Vec::with_capacity(tokens.len()), Changes::new());
        for &(name, own) in tokens {
            let twin = changes.iter().position(|(other, _)| *other == name);
            let there = match twin {
                // Named twice: the first one counts.
                Some(_) => tokens.iter().find(|(other, _)| *other == name).map(|(_, first)| *first),
                None => self.find(OPERATION, name)?.and_then(|found| Token::read(&found)),
            };
            if there.is_none() {
                changes.push((name, Change::Put(kept_token(own))));
            }
            all.push(there.unwrap_or(own));
        }
        if !changes.is_empty() {
            self.take(OPERATION, changes)?;
        }
        Ok(all)
    }

    /// Keeps tokens; when it returns, the disk has them: what was invalidated must not come back
    /// after a crash.
    pub(crate) fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        const OPERATION: &str = "replace tokens";
        let changes = tokens.iter().map(|&(name, token)| (name, Change::Put(kept_token(token))));
        self.take(OPERATION, changes.collect())?;
        self.commit().map_err(|failure| failure.told(OPERATION))
    }

    /// Waits for the disk where too much waits in memory.
    fn make_room(&self, operation: &'static str) -> Result<(), Error> {
        let is_full = self.state().waiting() > 4 * self.settings.batch_bytes;
        if is_full {
            self.commit().map_err(|failure| failure.told(operation))?;
        }
        Ok(())
    }

    fn take(&self, operation: &'static str, changes: Changes<'_>) -> Result<(), Error> {
        let is_full = {
            let mut state = self.state_mut();
            if state.is_closed {
                return Err(Failure::Closed.told(operation));
            }
            for (name, change) in changes {
                state.active.insert(name, change);
            }
            state.active.weight() > self.settings.batch_bytes
        };
        if is_full {
            self.bell.ring_loud()
        } else {
            self.bell.ring()
        };
        Ok(())
    }
}

fn kept_token(token: Token) -> Kept {
    Kept { record: Bytes::copy_from_slice(&token.0), deadline: u64::MAX }
}
