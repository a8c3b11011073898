//! Waiting for what another process does: a bounded number of looks.

use std::thread;
use std::time::Duration;

/// Looks until there is something, or nobody would expect it any more.
pub(crate) fn until<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return Some(found);
        }
        thread::sleep(PAUSE);
    }
    None
}

/// As [`until`], for what is so or not.
pub(crate) fn until_true(mut look: impl FnMut() -> bool) -> bool {
    until(|| look().then_some(())).is_some()
}

const PAUSE: Duration = Duration::from_millis(20);
/// Two minutes: Sentinels that get too little of a busy machine wait for half a minute before they act again.
const LOOKS: u32 = 6_000;
