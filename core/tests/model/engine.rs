//! The engine beside a naive map from slots, with hashes that collide as the input likes.

use std::collections::BTreeMap;

use cachefn_core::Cause;
use cachefn_core::private::{Arrival, Engine, Left, Times};

use super::operation::policies;
use super::source::{Bytes, Source, pick};

/// The hash and the deadline of an entry.
type Entry = (u32, u64);

struct Run {
    engine: Engine,
    entries: BTreeMap<u32, Entry>,
    max: usize,
    now: u64,
}

/// What a fuzz target does with its input; how many calls were made.
///
/// # Panics
/// The engine and the map disagree.
pub(crate) fn replay(bytes: &[u8]) -> Option<u32> {
    let source = &mut Bytes::new(bytes);
    let max = pick(source, &[1, 2, 7, 40, 300])?;
    let engine = Engine::new(max as u32, pick(source, &policies())?);
    let mut run = Run { engine, entries: BTreeMap::new(), max, now: 0 };
    let mut calls = 0;
    while run.call(source).is_some() {
        run.compare();
        calls += 1;
    }
    run.engine.sweep(u64::MAX - 1);
    run.now = u64::MAX - 1;
    run.settle(Cause::Expired, None);
    let forever = run.entries.values().filter(|(_, deadline)| *deadline == u64::MAX).count();
    assert_eq!(forever, run.engine.len());
    (calls > 0).then_some(calls)
}

impl Run {
    fn call(&mut self, source: &mut Bytes<'_>) -> Option<()> {
        match source.below(16)? {
            0..7 => {
                let hash = hash(source)?;
                let life = pick(source, &[u64::MAX, u64::MAX, 1, 9, 300, 70_000, 1 << 41])?;
                let deadline = self.now.saturating_add(life);
                let full = self.engine.len() >= self.max;
                let (now, times) = (self.now, Times::until(deadline));
                let arrival = Arrival { hash, now, times, weight: 0 };
                let slot = self.engine.insert_listed(&arrival, self.max, u64::MAX);
                let slot = slot.expect("memory is not refused");
                self.settle(Cause::Evicted, full.then_some(1));
                assert_eq!(self.entries.insert(slot, (hash, deadline)), None, "slot {slot}");
            }
            7..11 => {
                if let Some(slot) = self.slot(source)? {
                    self.engine.hit(slot, || self.now);
                    if self.engine.wants_drain() {
                        self.engine.drain_hits();
                    }
                }
            }
            11 | 12 => {
                if let Some(slot) = self.slot(source)? {
                    self.engine.remove(slot, self.now, Cause::Deleted);
                    self.settle(Cause::Deleted, Some(1));
                    assert!(!self.entries.contains_key(&slot));
                }
            }
            13 => {
                if let Some(slot) = self.slot(source)? {
                    let deadline = self.now + u64::from(source.below(100)?) + 1;
                    let times = Times::until(deadline);
                    let (hash, now) = (0, self.now);
                    let arrival = Arrival { hash, now, times, weight: 0 };
                    self.engine.renew(slot, &arrival).expect("memory is not refused");
                    self.entries.entry(slot).and_modify(|entry| entry.1 = deadline);
                }
            }
            14 => {
                self.now += pick(source, &[1, 3, 64, 5_000, 1 << 33])?;
                self.engine.advance(self.now, source.below(20)?);
                self.settle(Cause::Expired, None);
            }
            _ if source.below(8)? == 0 => {
                self.engine.clear(self.now);
                let all = self.entries.len();
                self.settle(Cause::Cleared, Some(all));
            }
            _ => {
                self.engine.sweep(self.now);
                self.settle(Cause::Expired, None);
                assert!(self.entries.values().all(|(_, deadline)| self.now < *deadline));
            }
        }
        Some(())
    }

    /// A slot in use, if there is any.
    fn slot(&self, source: &mut Bytes<'_>) -> Option<Option<u32>> {
        let nth = source.below(256)? as usize;
        Some(self.entries.keys().nth(nth % self.entries.len().max(1)).copied())
    }

    /// Takes what has left: each entry once, for `cause` unless it was dead already.
    fn settle(&mut self, cause: Cause, count: Option<usize>) {
        let removed = self.engine.removed();
        let left: Vec<Left> = (0..removed.packed().len()).map(|at| removed.get(at)).collect();
        removed.clear();
        for left in &left {
            let Left::Entry(slot, told) = left else { panic!("{left:?}, and nothing has a tag") };
            let (_, deadline) = self.entries.remove(slot).expect("an entry leaves once");
            let dead = deadline != u64::MAX && deadline <= self.now;
            assert_eq!(*told, if dead { Cause::Expired } else { cause });
        }
        assert!(count.is_none_or(|count| count == left.len()), "{left:?} of {count:?}");
    }

    fn compare(&self) {
        assert_eq!(self.engine.len(), self.entries.len());
        assert!(self.engine.len() <= self.max);
        for (slot, (hash, deadline)) in &self.entries {
            assert_eq!(self.engine.find(*hash, |found| found == *slot), Some(*slot));
            assert_eq!(self.engine.is_fresh(*slot, || self.now), self.now < *deadline);
        }
        assert_eq!(self.engine.find(1, |slot| !self.entries.contains_key(&slot)), None);
    }
}

/// A hash; the few there are collide in full, in their home cell, or nearly.
fn hash(source: &mut Bytes<'_>) -> Option<u32> {
    let low = source.below(256)?;
    Some(pick(source, &[0, 1, 0xFFFF_FF00, 0x8000_0000, low << 24, low << 12])? | low & 3)
}
