//! Which removals by pattern are under way, and what they spare.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::glob::Glob;
use crate::sync::Mutex;

#[derive(Debug, Default)]
pub(super) struct Sweeps {
    running: Mutex<Vec<Running>>,
}

#[derive(Debug)]
struct Running {
    patterns: Arc<[Glob]>,
    /// Records created later are not meant.
    until: u64,
    /// Memory has no older entry any more, and will not get one.
    through_memory: bool,
    /// Full names that this cache has written since then.
    spared: BTreeSet<String>,
}

/// Sweeps that were through memory at one moment: what memory takes after that is newer than they are.
#[derive(Debug)]
pub(crate) struct Passed(Vec<Arc<[Glob]>>);

impl Sweeps {
    pub(super) fn begin(&self, patterns: Arc<[Glob]>, until: u64) {
        let (through_memory, spared) = (false, BTreeSet::new());
        self.running.lock().push(Running { patterns, until, through_memory, spared });
    }

    pub(super) fn is_through_memory(&self, patterns: &Arc<[Glob]>) {
        let mut running = self.running.lock();
        let own = running.iter_mut().find(|own| Arc::ptr_eq(&own.patterns, patterns));
        own.into_iter().for_each(|own| own.through_memory = true);
    }

    pub(super) fn end(&self, patterns: &Arc<[Glob]>) {
        let mut running = self.running.lock();
        let at = running.iter().position(|own| Arc::ptr_eq(&own.patterns, patterns));
        let gone = at.map(|at| running.swap_remove(at));
        drop(running);
        drop(gone);
    }

    pub(super) fn passed(&self) -> Passed {
        let running = self.running.lock();
        let through = running.iter().filter(|own| own.through_memory);
        Passed(through.map(|own| own.patterns.clone()).collect())
    }

    /// The storage has a value under this name that memory took after `passed`.
    pub(super) fn spare(&self, passed: &Passed, name: &str) {
        if passed.0.is_empty() {
            return;
        }
        let mut running = self.running.lock();
        for own in running.iter_mut() {
            if passed.0.iter().any(|passed| Arc::ptr_eq(passed, &own.patterns)) {
                own.spared.insert(name.into());
            }
        }
    }

    /// Whether a sweep takes the record with it that was created then under a key.
    pub(super) fn take(&self, name: &[u8], text: &str, created: u64) -> bool {
        self.running.lock().iter().any(|own| own.takes(name, text, created))
    }

    /// Whether this very sweep does.
    pub(super) fn one_takes(
        &self,
        patterns: &Arc<[Glob]>,
        name: &[u8],
        text: &str,
        created: u64,
    ) -> bool {
        let running = self.running.lock();
        let own = running.iter().find(|own| Arc::ptr_eq(&own.patterns, patterns));
        own.is_some_and(|own| own.takes(name, text, created))
    }
}

impl Running {
    fn takes(&self, name: &[u8], text: &str, created: u64) -> bool {
        let spared = || core::str::from_utf8(name).is_ok_and(|name| self.spared.contains(name));
        created <= self.until
            && self.patterns.iter().any(|pattern| pattern.matches(text))
            && !spared()
    }
}
