//! Loads by key: what was on its way when a key was deleted.

use super::words::{ByKey, Seen, each};
use crate::diary::Entry;

struct Load {
    process: usize,
    began: u64,
    ended: u64,
    number: u64,
}

pub(super) struct Loads(ByKey<Load>);

impl Loads {
    pub(super) fn collect(diaries: &[Vec<Entry>]) -> Self {
        let mut by_key = ByKey::<Load>::new();
        for (process, entry) in each(diaries) {
            if let Entry::Call { key, began, ended, number, fetched: true } = entry {
                let (began, ended, number) = (*began, *ended, *number);
                by_key.entry(*key).or_default().push(Load { process, began, ended, number });
            }
        }
        Loads(by_key)
    }

    /// Whether another process was loading what was seen while this one deleted the key.
    pub(super) fn ran_during(
        &self,
        seen: &Seen,
        deleted_by: usize,
        began: u64,
        ended: u64,
    ) -> bool {
        let list = self.0.get(&seen.key).map_or(&[][..], Vec::as_slice);
        list.iter().any(|load| {
            load.number == seen.number
                && load.process != deleted_by
                && load.began <= ended
                && load.ended >= began
        })
    }
}
