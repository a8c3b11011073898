//! How much is looked at when others tell something.

use cachefn_conformance::Random;
use cachefn_core::{Invalidation, Keep, ManualClock, Mode};

use super::super::change::{Change, Kept};
use super::super::journal::Journal;
use super::super::options::Options;
use super::*;
use crate::log::{Durability, Log};

/// Memory has no room: all of it waits on the disk.
fn spilled(folder: &tempfile::TempDir, names: impl Iterator<Item = String>) -> State {
    let log = Log::builder(folder.path().join("log")).durability(Durability::Never);
    let clock = Arc::new(ManualClock::new());
    let options = Options { max_bytes: 200_000, max_entries: 1, ..Options::default() };
    let mut state = State::new(options, Journal::new(Some(log.open().unwrap()), clock));
    state.is_down = true;
    for name in names {
        let kept = Kept::new(Bytes::from_static(b"record"), Keep::default(), 0);
        state.note(name.as_bytes(), Change::Put(kept), 0);
    }
    state
}

fn message(what: Invalidation) -> Message {
    Message::new("n", 8, what)
}

#[test]
fn h_38_a_pattern_is_looked_for_on_the_disk_in_pieces_and_nothing_leaves_it_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let kind = |number: u32| if number.is_multiple_of(3) { "cat" } else { "dog" };
    let names = (0..3_000).map(|number| format!("n:{}:{number}", kind(number)));
    let mut state = spilled(&folder, names);
    let on_disk = state.spilled.len();
    assert!(on_disk > 2_990);
    let what = Invalidation::Patterns(vec!["cat:*".into()], Mode::Remove);
    let (has_work, sweep) = state.hear(0, &message(what), 0);
    let mut sweep = sweep.unwrap();
    assert!(!has_work && state.spilled.len() == on_disk, "the lines are not read at once");
    // What is written from now on is newer than what was told.
    let kept = Kept::new(Bytes::from_static(b"newer"), Keep::default(), 0);
    state.note(b"n:cat:2998", Change::Put(kept), 0);
    let mut pieces = 1;
    while state.sweep(&mut sweep) == (true, false) {
        let batch = state.take(0);
        assert!(batch.changes.iter().all(|sent| state.queue.get(&sent.name).is_some()));
        for sent in &batch.changes {
            state.queue.end(&sent.name);
        }
        pieces += 1;
    }
    assert_eq!(pieces, on_disk.div_ceil(AT_ONCE));
    state.sweeps = 0;
    let mut left = 0;
    for number in 0..3_000 {
        let waits = state.version_of(format!("n:{}:{number}", kind(number)).as_bytes()).is_some();
        assert_eq!(waits, kind(number) == "dog", "{number}");
        left += usize::from(waits);
    }
    assert!(left == 2_000 && state.version_of(b"n:cat:2998").is_some());
    assert!(!state.take(0).changes.is_empty());
}

#[test]
fn h_38_hashes_are_counted_so_that_keys_are_looked_up_alone_where_there_are_none() {
    for seed in 0..4 {
        let (folder, mut random) = (tempfile::tempdir().unwrap(), Random(seed));
        let mut state = spilled(&folder, std::iter::empty());
        // Some wait in memory.
        state.options.max_entries = 5;
        for _ in 0..200 {
            let number = random.below(20);
            let name = match number % 2 {
                0 => format!("n:#{number:032}"),
                _ => format!("n:{number}"),
            };
            let kept = Kept::new(Bytes::from_static(b"record"), Keep::default(), 0);
            match random.below(3) {
                0 => state.forget(name.as_bytes()),
                1 => _ = state.note(name.as_bytes(), Change::Gone, 0),
                _ => _ = state.note(name.as_bytes(), Change::Put(kept), 0),
            }
            let is_put =
                |name: &String| state.change(name.as_bytes()).is_some_and(|own| own.is_put());
            let hashes = (0..10).map(|half| format!("n:#{:032}", 2 * half)).filter(is_put).count();
            assert_eq!(state.queue.hashed() + state.spilled.hashed(), hashes, "seed {seed}");
        }
        let (has_work, sweep) = state.hear(0, &message(Invalidation::Keys(vec!["1".into()])), 0);
        let is_put = state.change(b"n:1").is_some_and(|own| own.is_put());
        assert!(!has_work && sweep.is_none() && !is_put);
        assert_eq!(state.queue.hashed() + state.spilled.hashed(), 0, "any of them may be meant");
    }
}
