//! Tokens as they were when they were last seen: what a write may begin with, if it is told afterwards
//! whether they are still the same.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use super::start::Start;
use crate::record::RecordTag;
use crate::storage::Token;
use crate::sync::Mutex;

/// The tokens of one cache's namespace and of some of its tags.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    namespace: Option<Token>,
    tags: BTreeMap<Box<str>, RecordTag>,
}

impl Remembered {
    /// What protects a value with these tags, if all of it was seen.
    pub(super) fn start(&self, tags: &[Box<str>]) -> Option<Start> {
        let seen = self.0.lock();
        let namespace = seen.namespace?;
        let tags = tags.iter().map(|tag| seen.tags.get(tag).cloned()).collect::<Option<_>>()?;
        Some(Start { namespace, tags, is_guess: true })
    }

    /// These were there just now.
    pub(super) fn see(&self, start: &Start) {
        let mut seen = self.0.lock();
        seen.namespace = Some(start.namespace);
        if seen.tags.len() + start.tags.len() > MOST {
            seen.tags.clear();
        }
        for tag in start.tags.iter().take(MOST) {
            seen.tags.insert(tag.name.clone(), tag.clone());
        }
    }

    /// Some are not what they were.
    pub(super) fn forget(&self) {
        *self.0.lock() = Seen::default();
    }
}

/// Tags at most; each takes about a hundred bytes.
const MOST: usize = 1_024;
