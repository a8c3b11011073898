//! When a storage is given up and when it is asked again: decisions about times and counts alone.

use std::time::Duration;

use crate::state::State;

/// When a breaker opens, and how long it stays so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// So many failures with no success between them.
    pub(super) failures: u32,
    /// Or such a part of so many calls, within such a time.
    pub(super) rate: Option<Rate>,
    /// How long nobody is asked, until one call finds out.
    pub(super) pause_ms: u64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) part: f64,
    pub(super) calls: u32,
    pub(super) window_ms: u64,
}

/// The state, and what leads to the next one.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) terms: Terms,
    pub(super) state: State,
    /// Failures since the last success.
    streak: u32,
    /// When the window began, with a failure, and the failures in it.
    window: Option<(u64, u32)>,
    /// When a call may find out.
    pub(super) due_ms: u64,
}

/// What a failure changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing yet.
    Stays,
    /// The same, and calls are counted from now on.
    BeginsWindow,
    Opens,
}

impl Machine {
    pub(super) fn new(terms: Terms) -> Self {
        Machine { terms, state: State::Healthy, streak: 0, window: None, due_ms: 0 }
    }

    /// A storage that is asked has failed, after so many other calls in this window.
    pub(super) fn fails(&mut self, now: u64, calls: u32) -> Step {
        self.streak = self.streak.saturating_add(1);
        if self.streak >= self.terms.failures {
            self.open(now);
            return Step::Opens;
        }
        let Some(rate) = self.terms.rate else { return Step::Stays };
        let running = self.window.filter(|(began, _)| now.saturating_sub(*began) < rate.window_ms);
        let (began, failures, calls) = match running {
            Some((began, failures)) => (began, failures + 1, calls.saturating_add(1)),
            None => (now, 1, 1),
        };
        self.window = Some((began, failures));
        if calls >= rate.calls && f64::from(failures) >= rate.part * f64::from(calls) {
            self.open(now);
            return Step::Opens;
        }
        if running.is_none() { Step::BeginsWindow } else { Step::Stays }
    }

    /// A storage that is asked has answered.
    pub(super) fn answers(&mut self) {
        self.streak = 0;
    }

    /// Whether this call may find out; then it is under way.
    pub(super) fn probes(&mut self, now: u64) -> bool {
        let may = self.state == State::Degraded && now >= self.due_ms;
        if may {
            self.state = State::Recovering;
        }
        may
    }

    /// The call that was to find out has failed, or said nothing; then another may at once.
    pub(super) fn probe_ends(&mut self, now: u64, failed: bool) {
        self.state = State::Degraded;
        self.due_ms = if failed { now.saturating_add(self.terms.pause_ms) } else { now };
    }

    /// It has answered.
    pub(super) fn close(&mut self) {
        (self.state, self.streak, self.window) = (State::Healthy, 0, None);
    }

    fn open(&mut self, now: u64) {
        self.state = State::Degraded;
        self.due_ms = now.saturating_add(self.terms.pause_ms);
        (self.streak, self.window) = (0, None);
    }
}

/// Whole milliseconds, and one at least.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(failures: u32, rate: Option<Rate>) -> Machine {
        Machine::new(Terms { failures, rate, pause_ms: 100 })
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_begins_anew() {
        let mut machine = machine(3, None);
        assert_eq!((machine.fails(0, 0), machine.fails(1, 0)), (Step::Stays, Step::Stays));
        machine.answers();
        assert_eq!((machine.fails(2, 0), machine.fails(3, 0)), (Step::Stays, Step::Stays));
        assert_eq!(machine.fails(4, 0), Step::Opens);
        assert_eq!((machine.state, machine.due_ms), (State::Degraded, 104));
    }

    #[test]
    fn a_part_of_the_calls_opens_it_once_they_are_enough() {
        let rate = Rate { part: 0.5, calls: 4, window_ms: 1_000 };
        let mut machine = machine(100, Some(rate));
        assert_eq!(machine.fails(0, 77), Step::BeginsWindow, "what was before is not counted");
        assert_eq!(machine.fails(10, 1), Step::Stays, "2 of 2, but too few to tell");
        assert_eq!(machine.fails(20, 6), Step::Stays, "3 of 7");
        assert_eq!(machine.fails(30, 7), Step::Opens, "4 of 8");
    }

    #[test]
    fn a_window_ends_and_the_next_failure_begins_another() {
        let rate = Rate { part: 0.1, calls: 2, window_ms: 1_000 };
        let mut machine = machine(100, Some(rate));
        assert_eq!(machine.fails(0, 0), Step::BeginsWindow);
        assert_eq!(machine.fails(1_000, 5), Step::BeginsWindow, "dead at the very millisecond");
        assert_eq!(machine.fails(1_999, 1), Step::Opens);
    }

    #[test]
    fn one_call_at_a_time_finds_out_after_the_pause() {
        let mut machine = machine(1, None);
        assert_eq!(machine.fails(0, 0), Step::Opens);
        assert!(!machine.probes(99));
        assert!(machine.probes(100) && !machine.probes(100));
        machine.probe_ends(150, true);
        assert!(!machine.probes(249) && machine.probes(250));
        machine.probe_ends(260, false);
        assert!(machine.probes(260), "one that said nothing is followed at once");
        machine.close();
        assert_eq!(machine.state, State::Healthy);
    }
}
