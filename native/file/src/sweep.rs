//! Which records leave the file: the dead first, then the oldest, a bounded number at a time.

use redb::{Error, ReadableTable};

use crate::row::{self, Row};
use crate::tables::{Tables, parts};

/// What one sweep may do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sweep {
    /// The wall clock.
    pub(crate) now: u64,
    /// What the records may weigh.
    pub(crate) most: u64,
    /// How many rows it may look through.
    pub(crate) rows: usize,
    /// Whether to look also for the dead in rows that are not dead as a whole.
    pub(crate) thorough: bool,
}

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Records that were dead.
    pub(crate) dead: usize,
    /// Records that had to leave for others.
    pub(crate) evicted: usize,
    /// Whether the records still weigh more than they may.
    pub(crate) is_over: bool,
}

/// Which of its records a row loses. Those that are in another row by now it always does.
#[derive(Clone, Copy)]
enum Loses {
    Dead(u64),
    All,
    None,
}

impl Tables<'_> {
    pub(crate) fn sweep(&mut self, sweep: Sweep) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        let thorough = sweep.thorough || self.numbers.weight > sweep.most;
        for key in self.dying(&sweep, thorough)? {
            swept.dead += self.thin(key, Loses::Dead(sweep.now))?;
        }
        let mut steps = sweep.rows;
        while self.numbers.weight > sweep.most && steps > 0 {
            let Some(oldest) = self.oldest()? else { break };
            swept.evicted += self.thin(oldest, Loses::All)?;
            steps -= 1;
        }
        swept.is_over = self.numbers.weight > sweep.most && self.oldest()?.is_some();
        if self.numbers.listed > 2 * self.count()? + FORGOTTEN {
            self.forget(sweep.rows)?;
        }
        Ok(swept)
    }

    /// Rows with dead records.
    fn dying(&self, sweep: &Sweep, thorough: bool) -> Result<Vec<(u64, u64)>, Error> {
        let mut dying = Vec::new();
        for row in self.rows.range(..=(sweep.now, u64::MAX))?.take(sweep.rows) {
            let (key, bytes) = row?;
            if thorough || row::latest(bytes.value()) <= sweep.now {
                dying.push(key.value());
            }
        }
        Ok(dying)
    }

    fn oldest(&self) -> Result<Option<(u64, u64)>, Error> {
        Ok(self.ages.first()?.map(|(order, soonest)| (soonest.value(), order.value())))
    }

    /// Takes names off the rows whose records were written again or deleted since, some rows at a
    /// time, round and round.
    fn forget(&mut self, rows: usize) -> Result<(), Error> {
        let mut keys = Vec::new();
        for row in self.ages.range(self.numbers.hand.saturating_add(1)..)?.take(rows) {
            let (order, soonest) = row?;
            keys.push((soonest.value(), order.value()));
        }
        self.numbers.hand = if keys.len() < rows { 0 } else { keys[rows - 1].1 };
        keys.into_iter().try_for_each(|key| self.thin(key, Loses::None).map(drop))
    }

    /// Looks through a row; how many records it lost.
    fn thin(&mut self, key: (u64, u64), loses: Loses) -> Result<usize, Error> {
        let (_, order) = key;
        let Some(bytes) = self.rows.remove(key)?.map(|row| row.value().to_vec()) else {
            self.ages.remove(order)?;
            return Ok(0);
        };
        let mut rest = Row::new(order);
        let (mut lost, mut listed) = (0, 0);
        for name in row::names(&bytes) {
            listed += 1;
            let deadline = self.records.get(name)?.and_then(|value| match parts(value.value()) {
                Some((own, deadline, _)) if own == order => Some(deadline),
                _ => None,
            });
            let Some(deadline) = deadline else { continue };
            let goes = match loses {
                Loses::Dead(now) => deadline <= now,
                Loses::All => true,
                Loses::None => false,
            };
            if goes {
                lost += usize::from(self.remove(name)?);
            } else {
                rest.push(name, deadline);
            }
        }
        self.numbers.listed = self.numbers.listed.saturating_sub(listed);
        if rest.count == 0 {
            self.ages.remove(order)?;
        } else {
            self.list(&rest)?;
        }
        Ok(lost)
    }
}

/// So many names without a record cost nothing worth a look.
const FORGOTTEN: u64 = 4_096;
