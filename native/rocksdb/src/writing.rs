//! Writes: into the log of the engine, and for tokens that are replaced on to the disk.

use bytes::Bytes;
use cachefn_core::{Error, Token};
use rocksdb::{WriteBatch, WriteOptions};

use crate::database::Database;
use crate::failure::Failure;
use crate::kept::{Deadline, value};
use crate::store::Store;

/// A record on its way.
pub(crate) struct Putting<'n> {
    pub(crate) name: &'n [u8],
    pub(crate) record: Bytes,
    pub(crate) deadline: Deadline,
}

/// When a write is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    /// When the system has it: it survives the process.
    InTheLog,
    /// When the disk has it: it survives the machine.
    OnTheDisk,
}

impl Store {
    /// Keeps records, all or none.
    pub(crate) fn put(
        &self,
        operation: &'static str,
        records: &[Putting<'_>],
    ) -> Result<(), Error> {
        let _turns = self.turns.of_all(records.iter().map(|putting| putting.name));
        self.put_in_turn(records, Done::InTheLog).map_err(|failure| failure.told(operation))
    }

    /// Forgets a name; whether there was a live record, and, if only a certain one is meant, that one.
    pub(crate) fn forget(&self, name: &[u8], only: Option<&[u8]>) -> Result<bool, Error> {
        let _turn = self.turns.of(name);
        let forgotten = self.write(|database| {
            let found = self.look(database, name)?;
            let is_meant = found.is_some_and(|found| only.is_none_or(|only| found == only));
            if is_meant {
                database.inner.delete_cf(database.family_of(name)?, name)?;
            }
            Ok(is_meant)
        });
        forgotten.map_err(|failure| failure.told("delete"))
    }

    /// Keeps the tokens that are not there; those that are there then. A token that is lost takes
    /// only misses with it, so nothing waits for the disk.
    pub(crate) fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        const OPERATION: &str = "create tokens";
        let _turns = self.turns.of_all(tokens.iter().map(|(name, _)| *name));
        let (mut all, mut absent) = (Vec::with_capacity(tokens.len()), Vec::new());
        for &(name, own) in tokens {
            // Named twice: the first one counts.
            let twin = absent.iter().position(|putting: &Putting<'_>| putting.name == name);
            let there = match twin {
                Some(twin) => Token::read(&absent[twin].record),
                None => self.find(OPERATION, name)?.and_then(|found| Token::read(&found)),
            };
            if there.is_none() {
                absent.push(putting_token(name, own));
            }
            all.push(there.unwrap_or(own));
        }
        if !absent.is_empty() {
            let put = self.put_in_turn(&absent, Done::InTheLog);
            put.map_err(|failure| failure.told(OPERATION))?;
        }
        Ok(all)
    }

    /// Keeps tokens; when it returns, the disk has them: what was invalidated must not come back
    /// after a crash.
    pub(crate) fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        let _turns = self.turns.of_all(tokens.iter().map(|(name, _)| *name));
        let tokens: Vec<Putting<'_>> =
            tokens.iter().map(|&(name, token)| putting_token(name, token)).collect();
        let put = self.put_in_turn(&tokens, Done::OnTheDisk);
        put.map_err(|failure| failure.told("replace tokens"))
    }

    /// Waits until the disk has everything that was written before the call.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        self.write(Database::sync)
    }

    fn put_in_turn(&self, records: &[Putting<'_>], done: Done) -> Result<(), Failure> {
        self.write(|database| {
            let mut batch = WriteBatch::default();
            for Putting { name, record, deadline } in records {
                batch.put_cf(database.family_of(name)?, name, value(*deadline, record));
            }
            let mut options = WriteOptions::default();
            options.set_sync(done == Done::OnTheDisk);
            Ok(database.inner.write_opt(batch, &options)?)
        })
    }
}

fn putting_token(name: &[u8], token: Token) -> Putting<'_> {
    Putting { name, record: Bytes::copy_from_slice(&token.0), deadline: Deadline::MAX }
}
