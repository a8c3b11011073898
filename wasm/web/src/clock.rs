//! The time of a page or a worker.

use std::cell::Cell;

use cachefn_core::Clock;
use wasm_bindgen::prelude::*;

/// The time as `performance.now` and `Date.now` have it, in windows and in workers.
///
/// Some browsers round it to a millisecond, some more, and on some devices the monotonic time stands still
/// while the machine sleeps: an entry may then live that much longer in memory, never in a storage.
///
/// ```no_run
/// use cachefn_core::{Cache, Clock};
/// use cachefn_wasm::BrowserClock;
///
/// assert!(BrowserClock.mono_ms() <= BrowserClock.mono_ms());
/// assert!(BrowserClock.wall_ms() > 1_700_000_000_000);
/// let users = Cache::<u64, String>::builder("users").clock(BrowserClock).build()?;
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn mono_ms(&self) -> u64 {
        // Before the page's start there is no time, and a float that is too large becomes the largest.
        performance_now().map_or_else(|_| never_backwards(self.wall_ms()), |now| now as u64)
    }
    fn wall_ms(&self) -> u64 {
        js_sys::Date::now() as u64
    }
}

/// For worklets, which have no `performance`.
fn never_backwards(now: u64) -> u64 {
    LATEST.with(|latest| {
        latest.set(latest.get().max(now));
        latest.get()
    })
}

thread_local! {
    static LATEST: Cell<u64> = const { Cell::new(0) };
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    fn performance_now() -> Result<f64, JsValue>;
}
