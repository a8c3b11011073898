//! `cachefn keys`: which entries there are.

use cachefn_core::{Glob, Inspected, Records};

use crate::cli::arguments::Keys;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::place::Opened;
use crate::cli::shown;
use crate::cli::table::{Column, Table};
use crate::cli::text::{self, harmless};
use crate::cli::walk::{self, Step};

/// # Errors
/// When the pattern is none, nothing matches, or the storage does not answer.
pub(crate) async fn keys(
    opened: &Opened,
    asked: &Keys,
    output: &mut Output,
) -> Result<(), Failure> {
    let glob = asked.pattern.as_deref().map(Glob::new).transpose()?;
    let namespaces = opened.namespaces().await?;
    let many = namespaces.len() > 1;
    let most = asked.limit.unwrap_or(usize::MAX);
    let (mut listed, mut table) = (0, table(many));
    let visit = async |records: &Records, own: Inspected| {
        if listed >= most {
            return Ok(Step::Enough);
        }
        let Some(key) = own.key().filter(|_| asked.dead || own.condition.is_living()) else {
            return Ok(Step::Next);
        };
        if glob.as_ref().is_some_and(|glob| !glob.matches(key)) {
            return Ok(Step::Next);
        }
        listed += 1;
        match output.format {
            Format::Plain => output.line(key)?,
            Format::Json => {
                output.json(&shown::object(records.namespace(), &own, walk::now()))?;
            }
            Format::People => {
                let cache = many.then(|| harmless(records.namespace()));
                table.row(cache.into_iter().chain(row(key, &own)));
                if listed % PAGE == 0 {
                    output.table(&std::mem::replace(&mut table, self::table(many)))?;
                }
            }
        }
        Ok(Step::Next)
    };
    walk::each(opened, &namespaces, visit).await?;
    if listed == 0 {
        return Err(Failure::Nothing(Some("keys: there is no such entry".into())));
    }
    if output.format == Format::People && listed % PAGE != 0 {
        output.table(&table)?;
    }
    Ok(())
}

fn table(many: bool) -> Table {
    let cache = many.then_some(Column::Text("CACHE"));
    let rest = [
        Column::Text("KEY"),
        Column::Text("STATE"),
        Column::Number("LEFT"),
        Column::Number("SIZE"),
        Column::Text("TAGS"),
    ];
    Table::new(cache.into_iter().chain(rest))
}

fn row(key: &str, own: &Inspected) -> [String; 5] {
    let tags = own.record.as_ref().map(|record| shown::tags(record).join(", "));
    [
        harmless(key),
        shown::state(&own.condition).into(),
        shown::left(&own.condition),
        text::bytes(own.bytes.len() as u64),
        harmless(&tags.unwrap_or_default()),
    ]
}

/// A table begins anew after so many rows, so that the first ones are seen at once.
const PAGE: usize = 500;
