//! The list of cases of buses: what each shows, the rule behind it, and what it needs.

use cachefn_core::BoxFuture;

use super::options::BusOptions;
use super::stage::BusStage;
use super::{hearing, losing, telling};
use crate::case::cases;
use crate::failure::Verdict;

/// One behaviour of a bus.
pub(super) type Case = crate::case::Case<Needs, Run>;
type Run = for<'s, 'a> fn(&'s BusStage<'a>) -> BoxFuture<'s, Verdict>;

/// What a case needs of the options.
#[derive(Clone, Copy)]
pub(super) enum Needs {
    Nothing,
    Order,
    Breaks,
}

impl Needs {
    /// Why what needs it is not tried, if it is not.
    pub(super) fn lacks(self, options: &BusOptions) -> Option<&'static str> {
        let (holds, reason) = match self {
            Needs::Nothing => (true, ""),
            Needs::Order => (options.is_in_order, "the options promise no order"),
            Needs::Breaks => {
                (options.breaks.is_some(), "the options do not say how its connections are lost")
            }
        };
        (!holds).then_some(reason)
    }
}

pub(super) const CASES: &[Case] = cases! {
    Nothing telling::s_35_what_one_says_all_others_hear: "publish tells the others";
    Nothing telling::s_35_every_invalidation_arrives_as_it_was_sent:
        "a message says whose entries are meant, which of them, and who says so: caches ignore their own";
    Nothing telling::h_06_texts_are_any_texts: "keys, tags, patterns and names are any texts";
    Nothing telling::h_38_long_messages_arrive_whole: "a message may be long";
    Nothing telling::h_38_of_many_at_once_none_is_lost: "messages are not lost in silence";
    Order telling::s_35_what_one_says_arrives_in_its_order: "the options promise that order";
    Nothing telling::s_35_buses_hear_nothing_of_each_other:
        "each place that is opened is a bus of its own";
    Nothing telling::h_11_a_publish_that_is_dropped_harms_nothing:
        "publish may be dropped before its end; the message is published again then";
    Nothing hearing::s_35_whoever_joins_hears_from_then_on_or_is_told_that_it_is_lost:
        "a subscription begins in order, or says Lost at once";
    Nothing hearing::s_35_all_who_hear_by_one_connection_are_told:
        "subscribe hands every notice to each who hears";
    Nothing hearing::s_35_who_has_left_hears_nothing_and_the_others_do:
        "notices are handed on until the handle is dropped";
    Nothing hearing::s_35_when_all_have_left_the_next_one_hears: "a subscription begins in order";
    Nothing hearing::s_35_a_hearer_may_leave_while_it_hears:
        "the handle may be dropped while the bus tells; the bus holds no lock of its own then";
    Breaks losing::s_35_a_loss_is_told_and_so_is_its_end:
        "a bus that may have missed messages says so, and when they come again";
    Breaks losing::s_35_whoever_joins_during_a_loss_is_told_at_once:
        "one that has to connect first says Lost at once";
    Breaks losing::s_35_what_is_said_during_a_loss_is_heard_or_an_error_or_told_as_lost:
        "messages are not lost in silence";
    Breaks losing::h_38_after_each_loss_messages_arrive_again: "a loss is made up for";
};
