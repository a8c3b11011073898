//! The log written anew, with what still waits: line by line, however much of it is on the disk alone.

use cachefn_core::Error;

use super::slot::Slot;
use super::state::State;
use crate::log::Logged;

impl State {
    /// Writes what still waits once more, and removes all else.
    pub(crate) fn compact(&mut self) -> Result<(), Error> {
        let journal = &self.journal;
        let entries = self.queue.in_order();
        let mut live: Vec<(u64, Logged)> = entries
            .map(|entry| (entry.version, journal.logged(&entry.name, &entry.change)))
            .collect();
        live.extend(self.messages.iter().map(|(place, telling)| {
            let (bus, message) = (telling.bus as u32, telling.message.clone());
            (*place, Logged::Message { bus, message })
        }));
        live.sort_by_key(|(version, _)| *version);
        let Some(log) = &mut self.journal.log else { return Ok(()) };
        let first = log.begin_anew()?;
        let mut lost: Vec<Slot> = Vec::new();
        let mut live = live.into_iter().peekable();
        let mut next = self.spilled.from(0).next().copied();
        while let Some(slot) = next {
            while let Some((version, logged)) = live.next_if(|(version, _)| *version < slot.version)
            {
                log.write_anew(version, &logged)?;
            }
            match log.copy_anew(slot.version, slot.spot())? {
                Some(spot) => self.spilled.moved(slot.version, spot),
                None => lost.push(slot),
            }
            next = self.spilled.from(slot.version + 1).next().copied();
        }
        for (version, logged) in live {
            log.write_anew(version, &logged)?;
        }
        let lost: Vec<_> = lost.into_iter().map(|slot| (self.name_of(&slot), slot)).collect();
        self.journal.log.as_mut().map_or(Ok(()), |log| log.end_anew(first))?;
        // Only now: a delete that takes the place of one is a line, too.
        lost.into_iter().for_each(|(name, slot)| self.lose(&slot, name));
        Ok(())
    }
}
