//! The cached function: one attribute is all that the cache asks for.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use cachefn_core::cachefn;

use crate::search::{Dictionary, MATCHES, Match};

/// About a tenth of the different words.
pub(crate) const CAPACITY: usize = 3_000;

/// The dictionary words nearest to `word`.
#[cachefn(max_entries = CAPACITY, policy = "s3-fifo")]
pub(crate) fn nearest(word: &str) -> [Match; MATCHES] {
    counted(word)
}

/// The function itself.
pub(crate) fn counted(word: &str) -> [Match; MATCHES] {
    CALLS.fetch_add(1, Relaxed);
    dictionary().nearest(word)
}

/// How often the function itself has run.
pub(crate) fn calls() -> u64 {
    CALLS.load(Relaxed)
}

/// Sets the dictionary, once and before the first look-up.
pub(crate) fn install(dictionary: Dictionary) {
    DICTIONARY.set(dictionary).expect("there is one dictionary");
}

pub(crate) fn dictionary() -> &'static Dictionary {
    DICTIONARY.get().expect("the dictionary is installed before the first look-up")
}

static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();
static CALLS: AtomicU64 = AtomicU64::new(0);
