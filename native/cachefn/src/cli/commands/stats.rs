//! `cachefn stats`: how many records of what kind there are.

use crate::cli::census::{Census, census};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::place::Opened;
use crate::cli::table::{Column, Table};
use crate::cli::text::{self, harmless};

/// # Errors
/// When the storage does not answer.
pub(crate) async fn stats(opened: &Opened, output: &mut Output) -> Result<(), Failure> {
    let counted = census(opened).await?;
    if output.is_json() {
        return counted.iter().try_for_each(|own| output.json(&own.object()));
    }
    if counted.is_empty() {
        return output.line("no cache has written here yet");
    }
    let mut table =
        Table::new([Column::Text("CACHE")].into_iter().chain(NUMBERS.map(Column::Number)));
    counted.iter().for_each(|own| table.row(row(own)));
    if counted.len() > 1 {
        table.row(row(&Census::sum(&counted)));
    }
    output.table(&table)
}

fn row(own: &Census) -> [String; 8] {
    let largest = own.largest.as_ref().map_or_else(String::new, |(_, bytes)| text::bytes(*bytes));
    [
        harmless(&own.namespace),
        text::count(own.fresh),
        text::count(own.stale),
        text::count(own.dead),
        text::count(own.unreadable + own.skewed),
        text::count(own.tags.len() as u64),
        text::bytes(own.bytes),
        largest,
    ]
}

const NUMBERS: [&str; 7] = ["FRESH", "STALE", "DEAD", "BAD", "TAGS", "SIZE", "LARGEST"];
