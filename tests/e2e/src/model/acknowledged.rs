//! The invalidations that were acknowledged, by key.

use super::races::Loads;
use super::verdict::Verdict;
use super::words::{Bounds, ByKey, Excuse, Fault, Seen, each};
use crate::diary::{By, Entry};

/// One of them, as far as it concerns one key.
struct Invalidated {
    process: usize,
    by: By,
    began: u64,
    ended: u64,
    number: u64,
}

pub(super) struct Acknowledged(ByKey<Invalidated>);

impl Acknowledged {
    pub(super) fn collect(diaries: &[Vec<Entry>], verdict: &mut Verdict) -> Self {
        let mut by_key = ByKey::<Invalidated>::new();
        for (process, entry) in each(diaries) {
            let Entry::Invalidation { by, began, ended, error, numbers } = entry else { continue };
            if let Some(kind) = error {
                match verdict.refused.iter_mut().find(|(known, _)| known == kind) {
                    Some((_, count)) => *count += 1,
                    None => verdict.refused.push((kind.clone(), 1)),
                }
                continue;
            }
            verdict.acknowledged += 1;
            for (key, number) in numbers {
                let (by, began, ended, number) = (*by, *began, *ended, *number);
                by_key.entry(*key).or_default().push(Invalidated {
                    process,
                    by,
                    began,
                    ended,
                    number,
                });
            }
        }
        for list in by_key.values_mut() {
            list.sort_by_key(|one| one.ended);
        }
        verdict.refused.sort();
        Acknowledged(by_key)
    }

    /// How long before the call the first invalidation was acknowledged that made its number too old.
    pub(super) fn age(&self, seen: &Seen) -> Option<u64> {
        self.outdating(seen).next().map(|one| seen.began - one.ended)
    }

    /// Whether the same process had invalidated it by a tag.
    pub(super) fn is_due_here(&self, seen: &Seen) -> bool {
        self.outdating(seen).any(|one| one.process == seen.process && one.by == By::Tag)
    }

    /// Why it was seen all the same. Each invalidation that was due must have been lost: one that was
    /// not would have been enough.
    pub(super) fn excuse(
        &self,
        seen: &Seen,
        faults: &[Fault],
        loads: &Loads,
        bounds: Bounds,
    ) -> Option<Excuse> {
        let is_due = |one: &&Invalidated| {
            seen.began - one.ended > bounds.elsewhere
                || (one.process == seen.process && one.by == By::Tag)
        };
        let mut excuse = None;
        for one in self.outdating(seen).filter(is_due) {
            let is_lost = faults.iter().any(|fault| {
                fault.loses_writes
                    && one.ended + bounds.replication >= fault.began
                    && one.began <= fault.ended
            });
            let is_overtaken =
                || one.by == By::Key && loads.ran_during(seen, one.process, one.began, one.ended);
            excuse = Some(match (is_lost, is_overtaken()) {
                (true, _) => Excuse::Failover,
                (false, true) => Excuse::Overtaken,
                (false, false) => return None,
            });
        }
        excuse
    }

    /// The invalidations before the call that made its number too old, in order.
    fn outdating<'a>(&'a self, seen: &'a Seen) -> impl Iterator<Item = &'a Invalidated> {
        let list = self.0.get(&seen.key).map_or(&[][..], Vec::as_slice);
        let before = list.partition_point(|one| one.ended <= seen.began);
        list[..before].iter().filter(|one| one.number > seen.number)
    }
}
