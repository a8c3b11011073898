//! The invalidations that were acknowledged, by key.

use super::races::Loads;
use super::verdict::Verdict;
use super::words::{Bounds, ByKey, Excuse, Fault, Judgement, Seen, each};
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

    /// Whether a call might see what it saw. Each invalidation that was due must have been lost for that: one
    /// that was not would have been enough.
    pub(super) fn judge(
        &self,
        seen: &Seen,
        faults: &[Fault],
        loads: &Loads,
        bounds: Bounds,
    ) -> Judgement {
        let mut judgement = Judgement::Fine;
        for one in self.outdating(seen).filter(|one| one.is_due(seen, faults, bounds)) {
            if one.is_lost(faults, bounds) {
                judgement = Judgement::Excused(Excuse::Failover);
            } else if one.by == By::Key && loads.ran_during(seen, one.process, one.began, one.ended)
            {
                judgement = Judgement::Excused(Excuse::Overtaken);
            } else {
                return Judgement::Fault;
            }
        }
        judgement
    }

    /// The invalidations before the call that made its number too old, in order.
    fn outdating<'a>(&'a self, seen: &'a Seen) -> impl Iterator<Item = &'a Invalidated> {
        let list = self.0.get(&seen.key).map_or(&[][..], Vec::as_slice);
        let before = list.partition_point(|one| one.ended <= seen.began);
        list[..before].iter().filter(|one| one.number > seen.number)
    }
}

impl Invalidated {
    /// Whether everybody had to know of it, or this process.
    fn is_due(&self, seen: &Seen, faults: &[Fault], bounds: Bounds) -> bool {
        let age = seen.began - self.ended;
        let is_own = self.process == seen.process && self.by == By::Tag;
        let is_troubled = faults
            .iter()
            .any(|fault| fault.began <= seen.began && self.began <= fault.ended + bounds.settling);
        is_own || age > if is_troubled { bounds.elsewhere } else { bounds.quiet }
    }

    /// Whether a server that took over may lack it.
    fn is_lost(&self, faults: &[Fault], bounds: Bounds) -> bool {
        faults.iter().any(|fault| {
            fault.loses_writes
                && self.ended + bounds.replication >= fault.began
                && self.began <= fault.ended
        })
    }
}
