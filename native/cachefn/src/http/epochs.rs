//! How often what is kept was removed: who asks after a removal does not wait for a fetch from before it.

use std::hash::{DefaultHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::key::{TARGET, Target};

/// Counts of removals: one of those that may mean any target, and one for each of some groups of targets, so
/// that many changes of one target do not part those who ask for another.
#[derive(Debug)]
pub(super) struct Epochs {
    of_all: AtomicU64,
    of_some: [AtomicU64; GROUPS],
}

impl Epochs {
    pub(super) fn new() -> Self {
        Epochs { of_all: AtomicU64::new(0), of_some: [const { AtomicU64::new(0) }; GROUPS] }
    }

    /// The epoch of the target that this key of a request begins with. It grows with every removal that
    /// may concern it.
    pub(super) fn of(&self, key: &str) -> u64 {
        let target = Target::of_key(key);
        self.of_all.load(Relaxed) + self.of_some[group(target)].load(Relaxed)
    }

    /// A removal of what has these tags. The next epoch begins when this is dropped: when nobody finds any
    /// more what was removed, or when whoever removed it gave up halfway.
    pub(super) fn removing<'e>(&'e self, tags: &'e [String]) -> Removing<'e> {
        Removing { of: self, tags: Some(tags) }
    }

    /// A removal of what may be anything.
    pub(super) fn removing_any(&self) -> Removing<'_> {
        Removing { of: self, tags: None }
    }
}

/// A removal under way.
#[derive(Debug)]
pub(super) struct Removing<'e> {
    of: &'e Epochs,
    tags: Option<&'e [String]>,
}

impl Drop for Removing<'_> {
    fn drop(&mut self) {
        let tags = self.tags.unwrap_or_default();
        let targets: Option<Vec<&str>> = tags.iter().map(|tag| tag.strip_prefix(TARGET)).collect();
        match targets.filter(|_| self.tags.is_some()) {
            Some(targets) => {
                for target in targets {
                    self.of.of_some[group(target)].fetch_add(1, Relaxed);
                }
            }
            // Which targets have a tag of the application is not known before they are fetched.
            None => drop(self.of.of_all.fetch_add(1, Relaxed)),
        }
    }
}

fn group(target: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    hasher.write(target.as_bytes());
    hasher.finish() as usize % GROUPS
}

/// Two kilobytes for each cache of responses.
const GROUPS: usize = 256;
