//! What the log is told of what waits, and what it tells of the process before.

use cachefn_core::Error;

use super::change::Change;
use super::state::{State, Telling};
use super::told::OutboxEvent;
use crate::log::{Log, Logged, Spot};

impl State {
    /// Takes over what the log has of the process before, line by line: not all of it may fit into memory.
    pub(crate) fn restore(&mut self) -> Result<(), Error> {
        let Some(log) = &mut self.journal.log else { return Ok(()) };
        let mut left = log.left();
        self.last = log.last();
        let refused = |error| Error::unavailable("open log", error);
        while let Some((version, logged, spot)) = left.next().map_err(refused)? {
            if let Logged::Message { bus, message } = logged {
                self.messages.insert(version, Telling { bus: bus as usize, message });
                continue;
            }
            let Some((name, change)) = self.journal.change(logged) else { continue };
            // Lines stand twice, and the later ones first, when the process ended while they were written anew.
            if self.version_of(&name).is_some_and(|held| held >= version) {
                continue;
            }
            match change {
                Change::Nothing => self.forget(&name),
                change => self.place_left(&name, change, version, spot),
            }
        }
        self.spilled.sort();
        self.log_accepted();
        Ok(())
    }

    /// Where the line is that says so, if there is one.
    pub(crate) fn log_change(
        &mut self,
        version: u64,
        name: &[u8],
        change: &Change,
    ) -> Option<Spot> {
        self.journal.works()?;
        let logged = self.journal.logged(name, change);
        self.log(version, &logged)
    }

    pub(crate) fn log_message(&mut self, place: u64, telling: &Telling) {
        if self.journal.works().is_some() {
            let (bus, message) = (telling.bus as u32, telling.message.clone());
            self.log(place, &Logged::Message { bus, message });
        }
    }

    /// A message was sent.
    pub(crate) fn told(&mut self, place: u64) {
        self.messages.remove(&place);
        self.log_accepted();
    }

    /// All before the first that waits need not be kept any more.
    pub(crate) fn log_accepted(&mut self) {
        let message = self.messages.keys().next().copied();
        let waits = self.queue.least_version().into_iter().chain(self.spilled.first());
        let until = waits.chain(message).min().map_or(self.last, |first| first - 1);
        let is_empty = self.is_idle();
        let journal = &mut self.journal;
        let Some(log) = &mut journal.log else { return };
        if journal.has_failed && is_empty && log.begin_again().is_ok() {
            // Nothing is missing in it now.
            journal.has_failed = false;
            self.events.push(OutboxEvent::LogWorks);
        }
        if let Err(error) = log.accept(until, is_empty) {
            self.lose_log(error);
        }
    }

    fn log(&mut self, version: u64, logged: &Logged) -> Option<Spot> {
        let room = match self.journal.works()?.is_full_with(logged) {
            true => self.compact(),
            false => Ok(()),
        };
        let log = self.journal.log.as_mut()?;
        match room.and_then(|()| log.append(version, logged)) {
            Ok(spot) => self.sync_writes().then_some(spot),
            Err(error) => {
                self.lose_log(error);
                None
            }
        }
    }

    /// Waits for the disk, unless more lines follow; whether the log works still.
    fn sync_writes(&mut self) -> bool {
        let log = self.journal.log.as_mut().filter(|_| !self.journal.is_gathering);
        match log.map_or(Ok(()), Log::sync_writes) {
            Ok(()) => true,
            Err(error) => {
                self.lose_log(error);
                false
            }
        }
    }

    /// Lines that are written meanwhile are waited for once, at the end. Nothing of it is acknowledged before.
    pub(crate) fn together<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let is_inner = std::mem::replace(&mut self.journal.is_gathering, true);
        let done = work(self);
        self.journal.is_gathering = is_inner;
        if self.journal.works().is_some() {
            self.sync_writes();
        }
        done
    }

    /// A log that lacks something would bring older changes back than it lacks: it is emptied.
    pub(crate) fn lose_log(&mut self, error: Error) {
        if let Some(log) = &mut self.journal.log {
            match self.spilled.len() {
                0 => log.empty(),
                _ => log.forsake(),
            }
        }
        if !self.journal.has_failed {
            self.journal.has_failed = true;
            self.events.push(OutboxEvent::LogFailed(error));
        }
    }
}

#[cfg(test)]
mod tests;
