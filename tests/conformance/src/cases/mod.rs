//! The list of cases: what each shows, the rule behind it, and which storages it concerns.

mod concurrency;
mod deleting;
mod ending;
mod life;
mod many;
mod model;
mod names;
mod reading;
mod scanning;
mod threads;
mod tokens;

use cachefn_core::{BoxFuture, Capabilities};

use crate::case::cases;
use crate::failure::Verdict;
use crate::stage::Stage;

/// One behaviour of a storage.
pub(crate) type Case = crate::case::Case<Needs, Run>;
type Run = for<'s, 'a> fn(&'s mut Stage<'a>) -> BoxFuture<'s, Verdict>;

/// What a case needs of the storage or of the options.
#[derive(Clone, Copy)]
pub(crate) enum Needs {
    Nothing,
    Scanning,
    NoScanning,
    Surviving,
    LimitedRecords,
    LimitedNames,
    Clock,
    Threads,
}

impl Needs {
    /// Why what needs it is not tried, if it is not.
    pub(crate) fn lacks(self, can: Capabilities, has_clock: bool) -> Option<&'static str> {
        let (holds, reason) = match self {
            Needs::Nothing => (true, ""),
            Needs::Scanning => (can.scans, "the storage does not list its names"),
            Needs::NoScanning => (!can.scans, "the storage lists its names"),
            Needs::Surviving => (can.survives, "what it keeps ends with the process"),
            Needs::LimitedRecords => {
                (can.max_record < LARGE, "it takes records larger than a test should make")
            }
            Needs::LimitedNames => {
                (can.max_name < LARGE, "it takes names longer than a test should make")
            }
            Needs::Clock => (has_clock, "the options do not say how to advance its clock"),
            Needs::Threads => {
                (can.is_immediate && THREADS, "its futures may pend, or there are no threads")
            }
        };
        (!holds).then_some(reason)
    }
}

pub(crate) const CASES: &[Case] = cases! {
    Nothing ending::a_new_place_is_empty: "each place that is opened is a storage of its own";
    Nothing reading::an_absent_name_is_no_error: "what was never set is absent, which is no error";
    Nothing reading::a_write_is_read: "a write that has returned is seen by every later read";
    Nothing reading::an_overwrite_leaves_nothing_of_the_old:
        "set keeps a record instead of the one that was there";
    Nothing reading::h_34_bytes_come_back_as_they_were: "records are opaque bytes";
    Nothing reading::an_empty_record_is_a_record: "records are opaque bytes, none of them too";
    Nothing reading::large_records_come_back: "a record up to max_record bytes is kept";
    LimitedRecords reading::a_record_too_large_is_refused_or_kept_whole:
        "records larger than max_record are not kept";
    LimitedRecords many::h_36_one_that_is_too_large_loses_no_other: "set_many tries all";
    LimitedNames names::a_name_too_long_is_refused_or_kept_whole:
        "names up to max_name bytes are kept; of longer ones no part stands for the whole";
    Nothing names::h_06_names_are_any_bytes: "names are bytes, and all their bytes count";
    Nothing names::h_06_an_empty_name_is_a_name: "names are bytes, none of them too";
    Nothing names::h_05_long_names_differ_in_their_last_byte:
        "names up to max_name bytes are compared in full";
    Nothing deleting::s_31_delete_tells_whether_a_record_was_there:
        "delete says whether there was a record";
    Nothing deleting::s_31_a_delete_leaves_the_others: "delete forgets one name";
    Nothing deleting::s_39_delete_if_deletes_only_that_record:
        "delete_if forgets a name only if exactly this record is under it";
    Nothing deleting::delete_many_counts_what_was_there: "delete_many says how many had a record";
    Nothing many::many_of_nothing_is_nothing: "a list may be empty";
    Nothing many::get_many_answers_in_order: "get_many answers in the order of the names";
    Nothing many::of_a_repeated_name_the_last_record_stays: "set_many writes in order";
    Nothing many::h_36_a_thousand_at_once_all_arrive: "set_many keeps all";
    Nothing many::s_31_ten_thousand_names_are_cleared: "delete_many forgets all";
    Nothing tokens::s_28_tokens_are_read_in_order: "tokens answers in the order of the names";
    Nothing tokens::s_28_a_token_that_is_there_is_not_created:
        "create_tokens keeps each token only if none is under its name, and tells what is there";
    Nothing tokens::s_28_bytes_that_are_no_token_are_none: "a token has 16 bytes";
    Nothing tokens::s_28_neither_purge_nor_time_takes_a_token: "tokens are kept for ever";
    Nothing tokens::s_28_tokens_told_by_a_write_are_those_of_now:
        "tokens told by a write are those that are there afterwards";
    Nothing tokens::s_28_tokens_beside_a_record_are_those_of_now:
        "tokens told with a record are those that are there now";
    Nothing tokens::s_28_tokens_have_names_of_any_bytes: "names are bytes, those of tokens too";
    Nothing tokens::s_28_of_many_creators_one_wins: "create_tokens tells what is there";
    Nothing tokens::s_28_creators_do_not_undo_a_replacement:
        "replace_tokens is done when every copy is replaced, and create_tokens replaces none";
    Nothing life::h_17_every_duration_is_a_life: "a life may have any length";
    Nothing life::s_05_no_life_is_made_longer: "a storage never extends a life";
    Clock life::s_05_what_remains_becomes_less: "a storage never extends a life";
    Clock life::an_overwrite_brings_its_own_life: "a record is kept on the terms it came with";
    Clock life::h_20_purge_takes_only_the_dead: "purge gives up only what the dead take";
    Clock life::the_dead_are_not_written_over_the_living:
        "set keeps a record instead of the one that was there";
    NoScanning scanning::a_storage_that_cannot_list_says_so:
        "where names cannot be listed, scan fails with the kind unsupported";
    Scanning scanning::a_walk_of_nothing_ends: "a walk ends";
    Scanning scanning::a_walk_finds_what_begins_with_the_prefix:
        "a walk comes by each name that begins with the prefix, and by no other";
    Scanning scanning::s_32_a_walk_that_deletes_reaches_all:
        "a walk comes by each name, whatever is deleted meanwhile";
    Scanning scanning::s_32_a_walk_is_complete_while_others_write:
        "a walk comes by each name, whatever is written meanwhile";
    Nothing model::drawn_operations_answer_as_a_map_would: "a storage is a map";
    Nothing concurrency::h_32_each_reads_its_own_writes:
        "a write that has returned is seen by every later read";
    Nothing concurrency::h_32_reads_are_whole_and_never_go_back:
        "a write that has returned is seen by every later read";
    Nothing concurrency::s_31_of_many_deletes_one_finds_it: "delete says whether there was a record";
    Nothing concurrency::h_11_a_dropped_future_harms_nothing:
        "a call whose future is dropped may have happened or not, and no other suffers";
    Threads threads::h_32_threads_read_whole_records:
        "a write that has returned is seen by every later read";
    Nothing ending::flush_changes_nothing_that_is_read: "flush only makes writes last";
    Nothing ending::a_closed_storage_fails_or_answers_truly:
        "after close calls fail, where there was something to let go of";
    Surviving ending::what_was_closed_is_there_again: "close makes writes last";
    Surviving ending::what_was_flushed_is_there_again: "flush makes writes last";
    Surviving ending::h_30_what_was_not_flushed_is_whole_or_gone: "a record is whole or absent";
};

const LARGE: usize = 64 << 20;
const THREADS: bool = !cfg!(target_family = "wasm");
