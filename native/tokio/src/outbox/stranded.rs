//! Messages of the process before whose bus is not here. It may come later, or never: they hold nothing up.
//!
//! While there is another bus, that one tells them, because the same caches may hear it; and if their own comes, it
//! tells them again, because they may not. While there is none, they wait beside the queue, and an outbox that is
//! closed writes them behind everything in its log, for the next process.

use super::state::{State, Stranded};

impl State {
    /// The log need not keep this one, nor need others wait for it.
    pub(crate) fn strand(&mut self, place: u64, is_told: bool) {
        if let Some(telling) = self.messages.remove(&place) {
            self.stranded.push(Stranded { telling, is_told });
        }
        self.log_accepted();
    }

    /// There is a bus of this number: for its own messages, and for those that none has told.
    pub(crate) fn land(&mut self, bus: usize) {
        let is_due = |stranded: &Stranded| stranded.telling.bus == bus || !stranded.is_told;
        let stranded = std::mem::take(&mut self.stranded).into_iter();
        let (due, rest): (Vec<_>, Vec<_>) = stranded.partition(is_due);
        self.stranded = rest;
        self.together(|state| due.into_iter().for_each(|due| state.follow(due.telling)));
    }

    /// How many no bus has told.
    pub(crate) fn untold(&self) -> usize {
        self.stranded.iter().filter(|stranded| !stranded.is_told).count()
    }

    /// This process ends: the next one may have their bus.
    pub(crate) fn leave_stranded(&mut self) {
        self.together(|state| {
            for Stranded { telling, is_told } in std::mem::take(&mut state.stranded) {
                if !is_told {
                    let place = state.number();
                    state.log_message(place, &telling);
                }
            }
        });
    }
}
