//! The model finds what it is there to find, and excuses nothing else.

use cachefn_e2e::clock::SECOND;
use cachefn_e2e::diary::{By, Entry};
use cachefn_e2e::model::{Bounds, Fault, Verdict, check};

const BOUNDS: Bounds = Bounds {
    elsewhere: 10 * SECOND,
    quiet: 2 * SECOND,
    settling: 5 * SECOND,
    life: 60 * SECOND,
    replication: SECOND,
};

/// At a second: a call of key 7 that takes a tenth of one.
fn call(at: u64, number: u64) -> Entry {
    let (began, ended) = (at * SECOND, at * SECOND + SECOND / 10);
    Entry::Call { key: 7, began, ended, number, fetched: false }
}

fn load(from: u64, to: u64, number: u64) -> Entry {
    Entry::Call { key: 7, began: from * SECOND, ended: to * SECOND, number, fetched: true }
}

/// Key 7 has this number since then, and a cache was told at this second.
fn invalidation(by: By, at: u64, number: u64) -> Entry {
    let (began, ended) = (at * SECOND, at * SECOND + 1);
    Entry::Invalidation { by, began, ended, error: None, numbers: vec![(7, number)] }
}

fn refused(at: u64, number: u64) -> Entry {
    let Entry::Invalidation { by, began, ended, numbers, .. } = invalidation(By::Tag, at, number)
    else {
        unreachable!("an invalidation was made")
    };
    Entry::Invalidation { by, began, ended, error: Some("timeout".into()), numbers }
}

/// Something that makes messages late, and no more.
fn trouble(from: u64, to: u64) -> Fault {
    Fault { loses_writes: false, ..takeover(from, to) }
}

fn takeover(from: u64, to: u64) -> Fault {
    Fault { began: from * SECOND, ended: to * SECOND, what: "kill".into(), loses_writes: true }
}

fn verdict(processes: [&[Entry]; 2], faults: &[Fault]) -> Verdict {
    let diaries = processes.map(|entries| {
        let mut diary = entries.to_vec();
        diary.push(Entry::End { tasks: 0, words: String::new() });
        diary
    });
    check(&diaries, faults, BOUNDS)
}

#[test]
fn what_is_new_enough_is_no_fault() {
    let told = [invalidation(By::Tag, 10, 2), call(11, 2)];
    let seen = [call(5, 1), call(11, 1), load(19, 20, 2), call(30, 2)];
    let found = verdict([&told, &seen], &[]);
    assert_eq!(found.faults, [""; 0]);
    assert_eq!((found.calls, found.fetched, found.acknowledged), (5, 1, 1));
    assert!(found.oldest < SECOND && found.oldest > SECOND - 10); // at second 11, told at second 10
}

#[test]
fn another_process_may_be_late_within_the_bound_only() {
    let told = [invalidation(By::Tag, 10, 2)];
    let lost = [trouble(6, 9)];
    assert_eq!(verdict([&told, &[call(20, 1)]], &lost).faults.len(), 0);
    let found = verdict([&told, &[call(21, 1)]], &lost);
    assert_eq!(
        found.faults,
        [
            "process 1: key 7 at 21.000 s: number 1 saw what was invalidated, 10.999 s after the acknowledgement"
        ]
    );
}

#[test]
fn while_all_is_well_a_message_is_all_that_is_waited_for() {
    let told = [invalidation(By::Tag, 10, 2)];
    assert_eq!(verdict([&told, &[call(12, 1)]], &[]).faults.len(), 0);
    assert_eq!(verdict([&told, &[call(13, 1)]], &[]).faults.len(), 1);
    // What was over long before, or begins later, is no reason.
    let elsewhen = [trouble(1, 4), trouble(14, 15)];
    assert_eq!(verdict([&told, &[call(13, 1)]], &elsewhen).faults.len(), 1);
    assert_eq!(verdict([&told, &[call(13, 1)]], &[trouble(11, 12)]).faults.len(), 0);
}

#[test]
fn the_same_process_is_never_late_with_a_tag() {
    let found = verdict([&[invalidation(By::Tag, 10, 2), call(11, 1)], &[]], &[]);
    assert_eq!(found.faults.len(), 1);
    // A key may be in the storage again, by a load elsewhere.
    let found = verdict([&[invalidation(By::Key, 10, 2), call(11, 1)], &[]], &[]);
    assert_eq!(found.faults.len(), 0);
}

#[test]
fn what_was_refused_promises_nothing() {
    let found = verdict([&[refused(10, 2), refused(11, 3)], &[call(40, 1)]], &[]);
    assert_eq!((found.faults.len(), found.acknowledged), (0, 0));
    assert_eq!(found.refused, [("timeout".to_owned(), 2)]);
}

#[test]
fn a_takeover_excuses_what_it_lost_until_the_end_of_its_life() {
    let told = [invalidation(By::Tag, 10, 2)];
    let faults = [takeover(11, 14)];
    let found = verdict([&told, &[call(30, 1)]], &faults);
    assert_eq!((found.faults.len(), found.lost_in_failover), (0, 1));
    assert_eq!(verdict([&told, &[call(72, 1)]], &faults).faults.len(), 1);
    // What was told long before, or after it, is not lost.
    assert_eq!(verdict([&told, &[call(30, 1)]], &[takeover(12, 14)]).faults.len(), 1);
    assert_eq!(verdict([&told, &[call(30, 1)]], &[takeover(7, 9)]).faults.len(), 1);
    // A second invalidation that holds is enough.
    let twice = [invalidation(By::Tag, 10, 2), invalidation(By::Tag, 16, 3)];
    assert_eq!(verdict([&twice, &[call(30, 1)]], &faults).faults.len(), 1);
    // Nobody takes over for a server that was only emptied.
    let emptied = [Fault { loses_writes: false, ..takeover(11, 14) }];
    assert_eq!(verdict([&told, &[call(30, 1)]], &emptied).faults.len(), 1);
}

#[test]
fn a_load_elsewhere_excuses_a_key_and_no_tag() {
    let told = [invalidation(By::Key, 10, 2)];
    let found = verdict([&told, &[load(9, 12, 1), call(30, 1)]], &[]);
    assert_eq!((found.faults.len(), found.overtaken), (0, 1));
    // It was over before, began later, is of another number, or of the one who deleted.
    for entries in [[load(8, 9, 1), call(30, 1)], [load(9, 12, 0), call(30, 1)]] {
        assert_eq!(verdict([&told, &entries], &[]).faults.len(), 1);
    }
    let own = [load(9, 12, 1), invalidation(By::Key, 10, 2)];
    assert_eq!(verdict([&own, &[call(30, 1)]], &[]).faults.len(), 1);
    let told = [invalidation(By::Tag, 10, 2)];
    assert_eq!(verdict([&told, &[load(9, 12, 1), call(30, 1)]], &[]).faults.len(), 1);
}

#[test]
fn failed_calls_tasks_that_stay_and_a_missing_end_are_faults() {
    let failed = Entry::Failed { key: 7, began: SECOND, why: "no answer".into() };
    let left = Entry::End { tasks: 2, words: String::new() };
    let found = check(&[vec![failed], vec![left]], &[], BOUNDS);
    assert_eq!(
        found.faults,
        [
            "process 0: key 7 at 1.000 s: no answer",
            "process 1 ends with 2 tasks",
            "process 0 did not come to its end",
        ]
    );
    assert!(found.to_string().ends_with("  process 0 did not come to its end"));
}
