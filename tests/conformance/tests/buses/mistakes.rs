//! A suite is worth what it finds: each mistake fails the case that looks for it, and no case is idle.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use cachefn_conformance::{CaseEnd, LocalBus, Outcome, Report, check_bus};
use cachefn_core::Error;

use crate::broken::Mistake::{self, *};
use crate::broken::{Broken, Own};
use crate::conforming::{Places, all_cases};

const EXPECTED: [(Mistake, &str); 18] = [
    (ChangesTheOrigin, "s_35_every_invalidation_arrives_as_it_was_sent"),
    (CutsLongMessages, "h_38_long_messages_arrive_whole"),
    (DropsEverySeventh, "h_38_of_many_at_once_none_is_lost"),
    (DroppedInTheMiddleStaysLocked, "h_11_a_publish_that_is_dropped_harms_nothing"),
    (ForgetsTheMode, "s_35_every_invalidation_arrives_as_it_was_sent"),
    (ForgetsThoseWhoJoinAgain, "s_35_when_all_have_left_the_next_one_hears"),
    (HandleDoesNothing, "s_35_who_has_left_hears_nothing_and_the_others_do"),
    (HoldsALockWhileItTells, "s_35_a_hearer_may_leave_while_it_hears"),
    (KeepsTheLastWhoJoined, "s_35_all_who_hear_by_one_connection_are_told"),
    (LosesInSilence, "s_35_a_loss_is_told_and_so_is_its_end"),
    (NeverSaysRestored, "h_38_after_each_loss_messages_arrive_again"),
    (OneBusForAll, "s_35_buses_hear_nothing_of_each_other"),
    (
        RefusesForEverDuringALoss,
        "s_35_what_is_said_during_a_loss_is_heard_or_an_error_or_told_as_lost",
    ),
    (SwapsNeighbours, "s_35_what_one_says_arrives_in_its_order"),
    (TellsNewcomersNothingOfALoss, "s_35_whoever_joins_during_a_loss_is_told_at_once"),
    (TellsOneOnly, "s_35_what_one_says_all_others_hear"),
    (TrimsTexts, "h_06_texts_are_any_texts"),
    (SubscribesLaterInSilence, "s_35_whoever_joins_hears_from_then_on_or_is_told_that_it_is_lost"),
];

#[test]
fn each_mistake_of_a_bus_is_found_by_the_case_that_looks_for_it_and_no_case_is_idle() {
    let reports = EXPECTED.map(|(mistake, case)| (mistake, case, checked(mistake)));
    let missed: Vec<String> = reports
        .iter()
        .filter(|(_, case, report)| !failed(report).contains(case))
        .map(|(mistake, case, report)| format!("{mistake:?}: not by {case}\n{report}"))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let names: BTreeSet<&str> = reports[0].2.cases().iter().map(|end| end.name).collect();
    let useful: BTreeSet<&str> = reports.iter().flat_map(|(.., report)| failed(report)).collect();
    let idle: Vec<&&str> = names.difference(&useful).collect();
    assert!(idle.is_empty(), "nothing fails {idle:#?}");
}

fn failed(report: &Report) -> BTreeSet<&'static str> {
    let failed = |end: &&CaseEnd| matches!(end.outcome, Outcome::Failed(_));
    report.cases().iter().filter(failed).map(|end| end.name).collect()
}

fn checked(mistake: Mistake) -> Report {
    let (places, numbers) = (Arc::<Places>::default(), AtomicUsize::new(0));
    let options = all_cases(&places);
    let connect = |place| {
        let place = if mistake == OneBusForAll { 0 } else { place };
        let line = places.connect(place, LocalBus::new);
        let own = Arc::<Own>::default();
        let broken = Broken { line, mistake, number: numbers.fetch_add(1, SeqCst), own };
        async { Ok::<_, Error>(broken) }
    };
    pollster::block_on(check_bus(connect, options))
}
