//! Who hears, and what each of them is told in which order.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cachefn_core::{Hear, Notice};
use futures_util::task::AtomicWaker;

/// All who hear by one connection.
#[derive(Default)]
pub(crate) struct Hearers {
    state: Mutex<State>,
    /// Wakes the task that drives the connection when nobody hears any more.
    pub(super) end: AtomicWaker,
}

#[derive(Default)]
struct State {
    all: Vec<(u64, Arc<Inbox>)>,
    next: u64,
    /// Whether messages arrive.
    holds: bool,
    /// Whether a task drives the connection.
    is_driven: bool,
}

/// What a new hearer finds.
pub(crate) struct Joined {
    pub(super) number: u64,
    /// Whether somebody has to begin to drive the connection.
    pub(super) is_first: bool,
}

impl Hearers {
    /// One more. If messages do not arrive yet it is told so before this returns.
    pub(super) fn join(&self, hear: Hear) -> Joined {
        let mut state = self.lock();
        state.next += 1;
        let (number, holds) = (state.next, state.holds);
        let inbox = Arc::new(Inbox { hear, letters: Mutex::default() });
        if !holds {
            // In the box before anybody else can put something there.
            inbox.put(Notice::Lost);
        }
        state.all.push((number, Arc::clone(&inbox)));
        let is_first = !std::mem::replace(&mut state.is_driven, true);
        drop(state);
        inbox.empty();
        Joined { number, is_first }
    }

    /// It hears nothing more.
    pub(super) fn leave(&self, number: u64) {
        let mut state = self.lock();
        let at = state.all.iter().position(|(own, _)| *own == number);
        let gone = at.map(|at| state.all.remove(at));
        let is_last = state.all.is_empty();
        drop(state);
        if let Some((_, inbox)) = gone {
            inbox.close();
        }
        if is_last {
            self.end.wake();
        }
    }

    /// Whether nobody hears.
    pub(super) fn are_gone(&self) -> bool {
        self.lock().all.is_empty()
    }

    /// Whether the task that drives the connection may end: nobody hears, and the next one begins anew.
    pub(super) fn may_end(&self) -> bool {
        let mut state = self.lock();
        let is_over = state.all.is_empty();
        state.is_driven &= !is_over;
        is_over
    }

    /// Nobody drives the connection any more, whoever hears.
    pub(super) fn abandon(&self) {
        self.lock().is_driven = false;
        self.lose();
    }

    /// Whether somebody has to begin to drive the connection because nobody does any more.
    pub(super) fn are_abandoned(&self) -> bool {
        let mut state = self.lock();
        let are_abandoned = !state.all.is_empty() && !state.is_driven;
        state.is_driven |= are_abandoned;
        are_abandoned
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        let all = self.lock().all.clone();
        deliver(&all, notice);
    }

    /// Messages arrive from now on.
    pub(super) fn restore(&self) {
        self.change(true, &Notice::Restored);
    }

    /// Messages may be missed from now on.
    pub(super) fn lose(&self) {
        self.change(false, &Notice::Lost);
    }

    /// Some messages were missed, and no more are.
    pub(crate) fn miss(&self) {
        self.tell(&Notice::Lost);
        self.tell(&Notice::Restored);
    }

    fn change(&self, holds: bool, notice: &Notice) {
        let mut state = self.lock();
        if std::mem::replace(&mut state.holds, holds) == holds {
            return;
        }
        let all = state.all.clone();
        // In the boxes before anybody joins who finds it changed.
        all.iter().for_each(|(_, inbox)| inbox.put(notice.clone()));
        drop(state);
        all.iter().for_each(|(_, inbox)| inbox.empty());
    }

    /// The state is whole between any two statements.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn deliver(all: &[(u64, Arc<Inbox>)], notice: &Notice) {
    for (_, inbox) in all {
        inbox.put(notice.clone());
        inbox.empty();
    }
}

/// One who hears one notice after the other, whoever brings them.
struct Inbox {
    hear: Hear,
    letters: Mutex<Letters>,
}

#[derive(Default)]
struct Letters {
    waiting: VecDeque<Notice>,
    is_read: bool,
    is_closed: bool,
}

impl Inbox {
    fn put(&self, notice: Notice) {
        let mut letters = self.lock();
        if !letters.is_closed {
            letters.waiting.push_back(notice);
        }
    }

    /// Hands over what waits, unless somebody else is at it, who will find this too.
    fn empty(&self) {
        if std::mem::replace(&mut self.lock().is_read, true) {
            return;
        }
        let reading = Reading { inbox: self, is_done: Cell::new(false) };
        while let Some(notice) = reading.next() {
            (self.hear)(notice);
        }
    }

    fn close(&self) {
        let mut letters = self.lock();
        letters.is_closed = true;
        let waiting = std::mem::take(&mut letters.waiting);
        drop(letters);
        drop(waiting);
    }

    fn lock(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever empties a box. One that panics lets the next one go on.
struct Reading<'i> {
    inbox: &'i Inbox,
    is_done: Cell<bool>,
}

impl Reading<'_> {
    /// The next letter; without one nobody reads any more.
    fn next(&self) -> Option<Notice> {
        let mut letters = self.inbox.lock();
        let next = letters.waiting.pop_front();
        letters.is_read = next.is_some();
        self.is_done.set(next.is_none());
        next
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if !self.is_done.get() {
            self.inbox.lock().is_read = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Heard = Arc<Mutex<Vec<Notice>>>;

    fn ear() -> (Hear, Heard) {
        let heard = Heard::default();
        let told = heard.clone();
        (Arc::new(move |notice| told.lock().unwrap().push(notice)), heard)
    }

    #[test]
    fn s_35_whoever_joins_while_the_connection_comes_and_goes_hears_in_order_what_is_so_at_last() {
        for round in 0..200 {
            let hearers = Hearers::default();
            let heard: Vec<Heard> = std::thread::scope(|scope| {
                scope.spawn(|| {
                    for _ in 0..10 {
                        hearers.restore();
                        hearers.lose();
                    }
                    hearers.restore();
                });
                let join = || {
                    let (hear, heard) = ear();
                    hearers.join(hear);
                    heard
                };
                let joining: Vec<_> = (0..4).map(|_| scope.spawn(join)).collect();
                joining.into_iter().map(|joining| joining.join().unwrap()).collect()
            });
            for heard in heard {
                let heard = heard.lock().unwrap();
                let alternates = heard.windows(2).all(|pair| pair[0] != pair[1]);
                assert!(alternates, "round {round}: {heard:?}");
                assert_ne!(heard.last(), Some(&Notice::Lost), "round {round}: it is restored");
            }
        }
    }

    #[test]
    fn s_35_one_that_panics_or_leaves_does_not_keep_the_others_from_hearing() {
        let hearers = Hearers::default();
        hearers.restore();
        let (hear, heard) = ear();
        let panics: Hear = Arc::new(|notice| assert_ne!(notice, Notice::Lost, "on purpose"));
        hearers.join(hear.clone());
        hearers.join(panics);
        let leaving = hearers.join(hear);
        hearers.leave(leaving.number);
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hearers.lose()));
        assert!(told.is_err());
        hearers.restore();
        assert_eq!(*heard.lock().unwrap(), [Notice::Lost, Notice::Restored]);
    }

    #[test]
    fn s_35_one_task_drives_at_a_time_and_the_next_hearer_begins_anew() {
        let hearers = Hearers::default();
        let join = || hearers.join(ear().0);
        let (first, second) = (join(), join());
        assert_eq!((first.is_first, second.is_first), (true, false));
        hearers.leave(first.number);
        assert!(!hearers.may_end());
        hearers.leave(second.number);
        assert!(hearers.are_gone() && hearers.may_end());
        assert!(join().is_first);
        // A runtime that ended took its task along.
        hearers.abandon();
        assert_eq!([hearers.are_abandoned(), hearers.are_abandoned()], [true, false]);
        hearers.abandon();
        assert!(join().is_first);
    }
}
