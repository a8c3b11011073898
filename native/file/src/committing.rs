//! From memory to the disk, and what happens when that fails.

use std::sync::Arc;

use crate::engine::{Engine, Snapshot};
use crate::failure::{Failure, guarded};
use crate::pending::Pending;
use crate::store::Store;
use crate::sweep::{Sweep, Swept};

impl Store {
    /// Makes everything durable that was written before the call.
    pub(crate) fn commit(&self) -> Result<(), Failure> {
        let mut engine = self.engine();
        // What failed last time, then what came since; what comes meanwhile is for the next call.
        let batches = if self.state().committing.is_some() { 2 } else { 1 };
        for _ in 0..batches {
            let Some(batch) = self.next_batch()? else { break };
            let written = self.write_out(&mut engine, &batch);
            self.settle(&engine, written.is_ok(), written.as_ref().ok().cloned());
            written?;
        }
        Ok(())
    }

    /// Removes some of the dead; how many. Where there are none any more, the file is made smaller if
    /// that pays.
    pub(crate) fn purge(&self) -> Result<usize, Failure> {
        self.commit()?;
        let mut engine = self.engine();
        let sweep = Sweep { rows: PURGED_ROWS, ..self.sweep(&engine, true) };
        let written = self.write_or_replace(&mut engine, |tables| tables.sweep(sweep));
        let snapshot = written.as_ref().ok().map(|(_, snapshot)| snapshot.clone());
        self.settle(&engine, false, snapshot);
        let (swept, _) = written?;
        if swept.dead == 0 {
            self.shrink(&mut engine)?;
        }
        Ok(swept.dead)
    }

    /// What is left to do when nobody waits: to bring the size below its limit, and the file to it.
    pub(crate) fn tidy(&self) -> Result<(), Failure> {
        loop {
            let mut engine = self.engine();
            if engine.numbers.weight <= engine.allowed {
                return self.shrink(&mut engine);
            }
            let sweep = self.sweep(&engine, false);
            let written = self.write_or_replace(&mut engine, |tables| tables.sweep(sweep));
            let snapshot = written.as_ref().ok().map(|(_, snapshot)| snapshot.clone());
            self.settle(&engine, false, snapshot);
            if !written?.0.is_over {
                return Ok(());
            }
        }
    }

    /// Lets another file take the place of a damaged one, unless that was done meanwhile.
    pub(crate) fn replace(&self, why: String, generation: u64) -> Result<(), Failure> {
        let mut engine = self.engine();
        if self.state().is_closed {
            return Err(Failure::Closed);
        }
        if engine.generation == generation {
            let snapshot = engine.replace(why);
            self.settle(&engine, false, snapshot.as_ref().ok().cloned());
            snapshot?;
        }
        Ok(())
    }

    /// Reads while nobody writes; opens the file before, where a failure closed it.
    pub(crate) fn read_alone<T>(
        &self,
        work: impl FnOnce(&Snapshot) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        let mut engine = self.engine();
        if self.state().is_closed {
            return Err(Failure::Closed);
        }
        let snapshot = match engine.snapshot() {
            Ok(snapshot) => Ok(snapshot),
            Err(_) => match engine.begin_again() {
                Err(Failure::Damaged(why)) => engine.replace(why),
                other => other,
            },
        };
        self.settle(&engine, false, snapshot.as_ref().ok().cloned());
        let snapshot = snapshot?;
        guarded(|| work(&snapshot))
    }

    /// Writes out and lets go of the file.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        if self.state().is_closed {
            return Ok(());
        }
        let written = self.commit();
        let mut engine = self.engine();
        let mut state = self.state_mut();
        state.is_closed = true;
        (state.active, state.committing, state.snapshot) = (Pending::default(), None, None);
        engine.end();
        written
    }

    fn next_batch(&self) -> Result<Option<Arc<Pending>>, Failure> {
        let mut state = self.state_mut();
        if state.is_closed {
            return Err(Failure::Closed);
        }
        if state.committing.is_none() && !state.active.is_empty() {
            state.committing = Some(Arc::new(std::mem::take(&mut state.active)));
        }
        Ok(state.committing.clone())
    }

    fn write_out(&self, engine: &mut Engine, batch: &Pending) -> Result<Snapshot, Failure> {
        let mut attempts = 0;
        loop {
            let most = engine.allowed;
            let written = self.write_or_replace(engine, |tables| {
                let now = self.now();
                let rows = tables.apply(batch, now)? * 2 + SWEPT_ROWS;
                tables.sweep(Sweep { now, most, rows, thorough: false })
            });
            match written {
                Ok((_, snapshot)) => return Ok(snapshot),
                Err(Failure::Full(why)) if attempts < ATTEMPTS => {
                    attempts += 1;
                    engine.allowed = engine.numbers.weight.min(engine.allowed) / 4 * 3;
                    self.make_space(engine).map_err(|_| Failure::Full(why))?;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Lets records leave, so that those which come need no more space on the disk. That needs some
    /// space itself, so it is done in small steps.
    fn make_space(&self, engine: &mut Engine) -> Result<(), Failure> {
        let mut rows = SWEPT_ROWS;
        loop {
            let sweep = Sweep { rows, ..self.sweep(engine, false) };
            match engine.write(|tables| tables.sweep(sweep)) {
                Ok((swept, _)) if swept.is_over => (),
                Err(Failure::Full(_)) if rows > 1 => rows /= 4,
                other => return other.map(drop),
            }
        }
    }

    /// Makes a transaction; on a new file, if the old one turns out to be damaged.
    fn write_or_replace(
        &self,
        engine: &mut Engine,
        mut work: impl FnMut(&mut crate::tables::Tables<'_>) -> Result<Swept, redb::Error>,
    ) -> Result<(Swept, Snapshot), Failure> {
        match engine.write(&mut work) {
            Err(Failure::Damaged(why)) => {
                engine.replace(why)?;
                engine.write(&mut work)
            }
            other => other,
        }
    }

    /// Shows the readers what the file is now.
    fn settle(&self, engine: &Engine, is_written: bool, snapshot: Option<Snapshot>) {
        let mut state = self.state_mut();
        state.snapshot = snapshot;
        state.generation = engine.generation;
        let written = if is_written { state.committing.take() } else { None };
        drop(state);
        drop(written);
    }

    fn shrink(&self, engine: &mut Engine) -> Result<(), Failure> {
        if !engine.is_wasteful() {
            return Ok(());
        }
        // Nobody may read meanwhile, so it is done only where little has to be moved.
        let mut state = self.state_mut();
        if state.is_closed {
            return Ok(());
        }
        state.snapshot = None;
        let done = engine.compact();
        state.snapshot = engine.snapshot().ok();
        done
    }

    fn sweep(&self, engine: &Engine, thorough: bool) -> Sweep {
        Sweep { now: self.now(), most: engine.allowed, rows: SWEPT_ROWS, thorough }
    }
}

/// Rows that are looked through beside the work of a batch; a row has up to about a hundred names.
const SWEPT_ROWS: usize = 16;
/// How often records leave for a batch that finds no space.
const ATTEMPTS: usize = 6;
/// Rows that one call of `purge` looks through.
const PURGED_ROWS: usize = 64;
