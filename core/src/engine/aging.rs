//! The times of entries: until when they are fresh, stale, and may idle.

use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::Engine;
#[cfg(feature = "std")]
use super::columns::Staleness;
use super::columns::{Idle, LASTING, Stale, State};
use crate::cause::Cause;
use crate::entry::{Freshness, NEVER, Times, freshness};
use crate::moment::Moment;
use crate::nodes::{HAS_DEADLINE, HAS_IDLE, HAS_STALE, HAS_TAGS};
use crate::tag::Standing;
use crate::wheel::Wheel;

/// An entry with none of these is fresh until it is removed.
const MORTAL: u8 = HAS_DEADLINE | HAS_TAGS | HAS_STALE | HAS_IDLE;

impl Engine {
    /// Whether the entry may be returned; `now` is asked only when the time matters to it.
    #[inline]
    pub fn is_fresh(&self, slot: u32, now: impl FnOnce() -> u64) -> bool {
        let mut flags = self.nodes.states[slot].flags & MORTAL;
        if flags & HAS_TAGS != 0 && self.tags.is_current(slot) {
            flags &= !HAS_TAGS;
        }
        match (flags, &self.wheel) {
            (0, _) => true,
            (HAS_DEADLINE, Some(wheel)) => now() < wheel.deadline(slot),
            _ => self.state(slot, now()) == State::Fresh,
        }
    }

    /// Whether the entry may be used at `now`.
    pub fn state(&self, slot: u32, now: u64) -> State {
        let flags = self.nodes.states[slot].flags;
        let expired_at = match flags & HAS_TAGS {
            0 => NEVER,
            _ => match self.tags.standing(slot) {
                Standing::Valid => NEVER,
                Standing::ExpiredAt(at) => at,
                Standing::Invalid => return State::Dead(Cause::Tag),
            },
        };
        let mut deadline = self.timer(slot);
        if let Some(idle) = self.idle.get(slot as usize).filter(|_| flags & HAS_IDLE != 0) {
            if freshness(idle.until.get(), idle.until.get(), now) == Freshness::Expired {
                return State::Dead(Cause::Expired);
            }
            deadline = idle.deadline;
        }
        let stale = self.stale(slot);
        let fresh_until = match flags & HAS_STALE {
            0 => deadline,
            _ => stale.fresh_until,
        };
        let fresh_until = fresh_until.min(expired_at);
        let stale_until = deadline.min(expired_at.saturating_add(stale.stale_for()));
        match freshness(fresh_until, stale_until, now) {
            Freshness::Fresh => State::Fresh,
            Freshness::Stale => State::Stale(stale.since(now - fresh_until)),
            Freshness::Expired => State::Dead(Cause::Expired),
        }
    }

    /// Makes a fresh entry stale now; `false` when it has no time to be stale and should be removed.
    pub fn expire(&mut self, slot: u32, now: u64) -> bool {
        let stale = self.stale(slot);
        if stale.stale_for() == 0 {
            return false;
        }
        self.stale[slot as usize].fresh_until = now;
        let mut rings = self.deadline(slot).min(now.saturating_add(stale.stale_for()));
        if self.nodes.states[slot].flags & HAS_IDLE != 0 {
            let idle = &mut self.idle[slot as usize];
            idle.deadline = rings;
            rings = rings.min(idle.until.get());
        }
        self.move_timer(slot, rings);
        true
    }

    /// The time at which the entry dies, however much it is used; [`u64::MAX`] for never.
    pub fn deadline(&self, slot: u32) -> u64 {
        if self.nodes.states[slot].flags & HAS_IDLE != 0 {
            self.idle.get(slot as usize).map_or(NEVER, |idle| idle.deadline)
        } else {
            self.timer(slot)
        }
    }

    /// The time until which the entry is fresh if nothing happens; [`u64::MAX`] for ever.
    #[cfg(feature = "std")]
    pub(crate) fn fresh_until(&self, slot: u32) -> u64 {
        match self.nodes.states[slot].flags & HAS_STALE {
            0 => self.deadline(slot),
            _ => self.stale(slot).fresh_until,
        }
    }

    /// Moves the time to idle forward, for a use of the entry.
    #[inline]
    pub(super) fn stay(&self, slot: u32, now: impl FnOnce() -> u64) {
        if self.nodes.states[slot].flags & HAS_IDLE != 0 {
            if let Some(idle) = self.idle.get(slot as usize) {
                idle.until.set(now().saturating_add(idle.idle_for));
            }
        }
    }

    /// Whether nothing but a removal ends the entry.
    #[inline]
    pub(super) fn is_immortal(&self, slot: u32) -> bool {
        self.nodes.states[slot].flags & MORTAL == 0
    }

    /// Why the entry may not be returned to anybody, if it is dead.
    #[inline]
    pub(super) fn death(&self, slot: u32, now: u64) -> Option<Cause> {
        if self.is_immortal(slot) {
            return None;
        }
        match self.state(slot, now) {
            State::Fresh | State::Stale(_) => None,
            State::Dead(cause) => Some(cause),
        }
    }

    /// Whether the entry is dead, though its timer may have rung too early; then it is set anew.
    pub(super) fn is_due(&mut self, slot: u32, now: u64) -> bool {
        if self.nodes.states[slot].flags & HAS_IDLE == 0 || self.death(slot, now).is_some() {
            return true;
        }
        let idle = &self.idle[slot as usize];
        let rings = idle.until.get().min(idle.deadline);
        self.move_timer(slot, rings);
        false
    }

    /// Makes room for the times of one more entry.
    #[inline]
    pub(super) fn reserve_times(&mut self, times: Times) -> Result<(), TryReserveError> {
        if times == Times::until(NEVER) { Ok(()) } else { self.reserve_columns(times) }
    }

    #[inline(never)]
    fn reserve_columns(&mut self, times: Times) -> Result<(), TryReserveError> {
        let slots = self.nodes.len() as usize + 1;
        // An entry that may be stale may be expired on purpose, and has a deadline from then on.
        if times.stale_until() != NEVER || times.idle_for != NEVER || times.stale_for() != 0 {
            let wheel = self.wheel.get_or_insert_with(|| Box::new(Wheel::new()));
            wheel.reserve(slots as u32)?;
        }
        if times.stale_for() != 0 {
            reserve(&mut self.stale, slots)?;
        }
        if times.idle_for != NEVER { reserve(&mut self.idle, slots) } else { Ok(()) }
    }

    /// Sets the times of a new entry, or of a new value; room was reserved before.
    pub(super) fn start_times(&mut self, slot: u32, now: u64, times: Times) {
        let at = slot as usize;
        let mut rings = times.stale_until();
        if times.stale_for() != 0 {
            let Times { fresh_until, revalidates_for, bridges_for, .. } = times;
            self.stale.extend((self.stale.len()..=at).map(|_| LASTING));
            self.stale[at] = Stale { fresh_until, revalidates_for, bridges_for };
            self.nodes.states[slot].flags |= HAS_STALE;
        }
        if times.idle_for != NEVER {
            let until = now.saturating_add(times.idle_for);
            let (until, idle_for, deadline) = (Moment::new(until), times.idle_for, rings);
            rings = rings.min(until.get());
            self.idle.extend((self.idle.len()..=at).map(|_| Idle::lasting()));
            self.idle[at] = Idle { until, idle_for, deadline };
            self.nodes.states[slot].flags |= HAS_IDLE;
        }
        if let Some(wheel) = self.wheel.as_mut().filter(|_| rings != NEVER) {
            wheel.insert(slot, rings);
            self.nodes.states[slot].flags |= HAS_DEADLINE;
        }
    }

    #[inline]
    pub(super) fn stop_times(&mut self, slot: u32) {
        let flags = &mut self.nodes.states[slot].flags;
        if *flags & MORTAL & !HAS_TAGS == 0 {
            return;
        }
        if let Some(wheel) = self.wheel.as_mut().filter(|_| *flags & HAS_DEADLINE != 0) {
            wheel.remove(slot);
        }
        *flags &= !(HAS_DEADLINE | HAS_STALE | HAS_IDLE);
    }

    /// What a fresh entry may be used for once it is stale.
    #[cfg(feature = "std")]
    pub(crate) fn windows(&self, slot: u32) -> Staleness {
        self.stale(slot).since(0)
    }

    fn stale(&self, slot: u32) -> Stale {
        match self.nodes.states[slot].flags & HAS_STALE {
            0 => LASTING,
            _ => self.stale.get(slot as usize).copied().unwrap_or(LASTING),
        }
    }

    /// Where the entry's timer stands.
    fn timer(&self, slot: u32) -> u64 {
        let timed = self.nodes.states[slot].flags & HAS_DEADLINE != 0;
        self.wheel.as_ref().filter(|_| timed).map_or(NEVER, |wheel| wheel.deadline(slot))
    }

    fn move_timer(&mut self, slot: u32, rings: u64) {
        let flags = &mut self.nodes.states[slot].flags;
        if let Some(wheel) = &mut self.wheel {
            if *flags & HAS_DEADLINE != 0 {
                wheel.remove(slot);
            }
            *flags &= !HAS_DEADLINE;
            if rings != NEVER {
                wheel.insert(slot, rings);
                *flags |= HAS_DEADLINE;
            }
        }
    }
}

/// Room for `len` elements in all.
fn reserve<T>(column: &mut Vec<T>, len: usize) -> Result<(), TryReserveError> {
    column.try_reserve(len.saturating_sub(column.len()))
}
