//! The suite where there is nothing: no system, no threads, no executor. `xtask/bare.mjs` runs it.

use std::fmt::Write;
use std::task::{Context, Poll, Waker};

use cachefn_conformance::{Chaos, Faults, MapStorage, Options, Outcome, Report, check};
use cachefn_core::ManualClock;

/// Runs everything; where the text of it lies, and in the lower half its length.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u64 {
    let mut text = String::new();
    let mut counts = [0; 2];
    for (name, report) in reports() {
        let _ = writeln!(text, "{name}: {report}"); // a String takes all
        counts[0] += report.cases().iter().filter(|case| case.outcome == Outcome::Held).count();
        counts[1] += usize::from(!report.holds());
    }
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    {
        let cached = drive(seams::in_a_page::cached());
        let _ = writeln!(text, "a cache of what cannot be sent: {cached:?}");
        counts[usize::from(cached != Ok(7))] += 1;
    }
    let [passed, failed] = counts;
    let _ = writeln!(text, "test result: {passed} passed; {failed} failed");
    let text = text.into_bytes().leak();
    ((text.as_ptr() as u64) << 32) | text.len() as u64
}

fn reports() -> Vec<(&'static str, Report)> {
    let clock = ManualClock::new();
    let moved = clock.clone();
    let options = Options::new().advance(move |by| moved.advance(by));
    let reference = check(|_| opened(MapStorage::with_clock(clock.clone())), options);
    let pends = Faults::none().delays(0.5, 4);
    let pending = check(|_| opened(Chaos::new(MapStorage::new(), 7).with(pends)), Options::new());
    vec![
        ("reference", drive(reference)),
        ("pending", drive(pending)),
        #[cfg(all(target_family = "wasm", target_os = "unknown"))]
        ("unsent", drive(check(|_| opened(seams::in_a_page::InAPage::default()), Options::new()))),
    ]
}

async fn opened<S>(storage: S) -> Result<S, cachefn_core::Error> {
    Ok(storage)
}

/// Polls until the end: what pends here asks for its next poll at once.
fn drive<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(end) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return end;
        }
    }
}
