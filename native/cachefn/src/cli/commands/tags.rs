//! `cachefn tags`: what entries can be invalidated together.

use std::collections::BTreeMap;

use cachefn_core::{Inspected, Records};
use serde_json::json;

use crate::cli::arguments::Tags;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::place::Opened;
use crate::cli::table::{Column, Table};
use crate::cli::text::{self, harmless};
use crate::cli::walk::{self, Step};

/// # Errors
/// When there is no tag, and when the storage does not answer.
pub(crate) async fn tags(
    opened: &Opened,
    asked: &Tags,
    output: &mut Output,
) -> Result<(), Failure> {
    let namespaces = opened.namespaces().await?;
    let mut counts: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    let visit = async |records: &Records, own: Inspected| {
        let Some(record) = own.record.filter(|_| own.condition.is_living()) else {
            return Ok(Step::Next);
        };
        for tag in &record.tags {
            let name = (records.namespace().to_string(), tag.name.to_string());
            let (entries, bytes) = counts.entry(name).or_default();
            *entries += 1;
            *bytes += own.bytes.len() as u64;
        }
        Ok(Step::Next)
    };
    walk::each(opened, &namespaces, visit).await?;
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, (entries, _))| std::cmp::Reverse(*entries));
    rows.truncate(asked.limit.unwrap_or(usize::MAX));
    if rows.is_empty() {
        return Err(Failure::Nothing(Some("tags: no living entry has a tag".into())));
    }
    let columns = ["CACHE", "TAG"].map(Column::Text).into_iter();
    let mut table = Table::new(columns.chain(["ENTRIES", "SIZE"].map(Column::Number)));
    for ((namespace, tag), (entries, bytes)) in rows {
        match output.format {
            Format::Json => output.json(&json!({
                "namespace": namespace, "tag": tag, "entries": entries, "bytes": bytes,
            }))?,
            Format::Plain => output.line(&tag)?,
            Format::People => table.row([
                harmless(&namespace),
                harmless(&tag),
                text::count(entries),
                text::bytes(bytes),
            ]),
        }
    }
    if output.format == Format::People { output.table(&table) } else { Ok(()) }
}
