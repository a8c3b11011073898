//! What all clones of a storage share, and what becomes of an operation that fails.

use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::database::Database;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::options::Settings;
use crate::turns::Turns;

/// Locks are taken in the order of the fields.
pub(crate) struct Store {
    /// Where the last purge has stopped, if it has not come to the end.
    pub(crate) hand: Mutex<Option<Vec<u8>>>,
    pub(crate) turns: Turns,
    engine: RwLock<Engine>,
    /// Reads that came across something damaged.
    pub(crate) unreadable: AtomicU64,
    pub(crate) settings: Settings,
}

impl Store {
    pub(crate) fn new(engine: Engine, settings: Settings) -> Self {
        Store {
            hand: Mutex::default(),
            turns: Turns::new(),
            engine: RwLock::new(engine),
            unreadable: AtomicU64::new(0),
            settings,
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.settings.clock.wall_ms()
    }

    /// Reads. Where the database turns out to be damaged an empty one takes its place, and is read.
    pub(crate) fn read<T>(
        &self,
        work: impl Fn(&Database) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (failure, generation) = {
            let engine = self.engine();
            match engine.database().and_then(&work) {
                Ok(done) => return Ok(done),
                Err(failure) => (failure, engine.generation),
            }
        };
        self.recover(failure, generation)?;
        self.engine().database().and_then(work)
    }

    /// Writes, as [`read`](Store::read). After some failures the engine refuses every write until it
    /// is opened again.
    pub(crate) fn write<T>(
        &self,
        work: impl Fn(&Database) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let generation = self.engine().generation;
        let work = |database: &Database| {
            let done = database.takes_writes().and_then(|()| work(database));
            if matches!(&done, Err(failure) if failure.may_pass()) {
                database.fail();
            }
            done
        };
        match self.read(work) {
            Err(failure) if failure.may_pass() => {
                let mut engine = self.engine_mut();
                if engine.generation == generation {
                    engine.begin_again(&self.settings).map_err(|_| failure)?;
                }
                drop(engine);
                self.read(work)
            }
            other => other,
        }
    }

    pub(crate) fn close(&self) -> Result<(), Failure> {
        self.engine_mut().end()
    }

    // Nothing panics under these locks.

    pub(crate) fn engine(&self) -> RwLockReadGuard<'_, Engine> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn engine_mut(&self) -> RwLockWriteGuard<'_, Engine> {
        self.engine.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that there is a database to try again with, or says why there is none.
    fn recover(&self, failure: Failure, generation: u64) -> Result<(), Failure> {
        let mut engine = self.engine_mut();
        if engine.generation != generation {
            return Ok(());
        }
        match failure {
            Failure::Damaged(why) => engine.replace(why, &self.settings),
            failure if engine.is_broken() => {
                engine.begin_again(&self.settings).map_err(|_| failure)
            }
            failure => Err(failure),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _ = self.close();
    }
}
