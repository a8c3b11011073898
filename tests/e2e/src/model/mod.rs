//! What no process may ever see: a number that an acknowledged invalidation has made too old.
//!
//! After an invalidation is acknowledged, nobody may be given what it declared invalid: by a tag at once in the process
//! that asked for it, and everywhere once the declared bound has passed. Two losses are no faults of a
//! cache, and are counted apart:
//! - what Redis itself forgets when a replica takes over that did not have the last writes yet,
//! - a key (not a tag) that another process was loading when it was deleted: nothing tells the storage that this
//!   value is older, as the guide says.
//!
//! Both end with the entry's life, at the latest.

mod acknowledged;
mod races;
mod verdict;
mod words;

use crate::clock::SECOND;
use crate::diary::Entry;
use acknowledged::Acknowledged;
use races::Loads;
use verdict::seconds;
use words::{Excuse, Judgement, Seen, each};

pub use verdict::Verdict;
pub use words::{Bounds, Fault};

/// Compares the diaries of processes with what may be.
#[must_use]
pub fn check(diaries: &[Vec<Entry>], faults: &[Fault], bounds: Bounds) -> Verdict {
    let mut verdict = Verdict::default();
    let acknowledged = Acknowledged::collect(diaries, &mut verdict);
    let loads = Loads::collect(diaries);
    for (process, entry) in each(diaries) {
        match entry {
            Entry::Call { key, began, number, fetched, .. } => {
                verdict.calls += 1;
                verdict.fetched += u64::from(*fetched);
                let seen = Seen { process, key: *key, began: *began, number: *number };
                let age = acknowledged.age(&seen);
                if age.is_some_and(|age| age > bounds.life + SECOND) {
                    verdict.fault(&seen, "outlived its life", age);
                    continue;
                }
                match acknowledged.judge(&seen, faults, &loads, bounds) {
                    Judgement::Fine => verdict.oldest = verdict.oldest.max(age.unwrap_or(0)),
                    Judgement::Excused(Excuse::Failover) => verdict.lost_in_failover += 1,
                    Judgement::Excused(Excuse::Overtaken) => verdict.overtaken += 1,
                    Judgement::Fault => verdict.fault(&seen, "saw what was invalidated", age),
                }
            }
            Entry::Failed { key, began, why } => {
                let words = format!("process {process}: key {key} at {}: {why}", seconds(*began));
                verdict.push(words);
            }
            Entry::End { tasks, .. } if *tasks > 0 => {
                verdict.push(format!("process {process} ends with {tasks} tasks"));
            }
            _ => (),
        }
    }
    for (process, diary) in diaries.iter().enumerate() {
        if !matches!(diary.last(), Some(Entry::End { .. })) {
            verdict.push(format!("process {process} did not come to its end"));
        }
    }
    verdict
}
