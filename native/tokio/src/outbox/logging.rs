//! What the log is told of what waits, and what it tells of the process before.

use cachefn_core::Error;

use super::change::Change;
use super::state::{State, Telling};
use super::told::OutboxEvent;
use crate::log::Logged;

impl State {
    /// Takes over what the log has of the process before.
    pub(crate) fn restore(&mut self) {
        let Some(log) = &mut self.journal.log else { return };
        let restored = log.take_restored();
        self.last = log.last();
        for (version, logged) in restored {
            if let Logged::Message { bus, message } = logged {
                self.messages.insert(version, Telling { bus: bus as usize, message });
                continue;
            }
            match self.journal.change(logged) {
                Some((name, Change::Nothing)) => drop(self.queue.remove(&name)),
                Some((name, change)) => self.queue.insert(&name, change, version),
                None => (),
            }
        }
        self.log_accepted();
    }

    pub(crate) fn log_change(&mut self, version: u64, name: &[u8], change: &Change) {
        if self.journal.log.is_some() && !self.journal.has_failed {
            let logged = self.journal.logged(name, change);
            self.log(version, &logged);
        }
    }

    pub(crate) fn log_message(&mut self, place: u64, telling: &Telling) {
        if self.journal.log.is_some() && !self.journal.has_failed {
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
        let waits =
            self.queue.least_version().into_iter().chain(self.messages.keys().next().copied());
        let until = waits.min().map_or(self.last, |first| first - 1);
        let is_empty = self.queue.waiting() == 0 && self.messages.is_empty();
        let journal = &mut self.journal;
        let Some(log) = &mut journal.log else { return };
        if journal.has_failed && is_empty {
            // Nothing is missing in it now.
            journal.has_failed = false;
            self.events.push(OutboxEvent::LogWorks);
        }
        if let Err(error) = log.accept(until, is_empty) {
            self.lose_log(error);
        }
    }

    fn log(&mut self, version: u64, logged: &Logged) {
        let Some(log) = &mut self.journal.log else { return };
        if log.is_full_with(logged) {
            let journal = &self.journal;
            let entries = self.queue.in_order();
            let mut live: Vec<(u64, Logged)> = entries
                .map(|(name, entry)| (entry.version, journal.logged(name, &entry.change)))
                .collect();
            live.extend(self.messages.iter().map(|(place, telling)| {
                let (bus, message) = (telling.bus as u32, telling.message.clone());
                (*place, Logged::Message { bus, message })
            }));
            live.sort_by_key(|(version, _)| *version);
            let written = self.journal.log.as_mut().map(|log| log.rewrite(&live));
            if let Some(Err(error)) = written {
                return self.lose_log(error);
            }
        }
        let Some(log) = &mut self.journal.log else { return };
        if let Err(error) = log.append(version, logged) {
            self.lose_log(error);
        }
    }

    /// A log that lacks something would bring older changes back than it lacks: it is emptied.
    fn lose_log(&mut self, error: Error) {
        if let Some(log) = &mut self.journal.log {
            log.empty();
        }
        if !self.journal.has_failed {
            self.journal.has_failed = true;
            self.events.push(OutboxEvent::LogFailed(error));
        }
    }
}
