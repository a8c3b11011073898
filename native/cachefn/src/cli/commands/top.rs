//! `cachefn top`: the caches of a storage, again and again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::arguments::Top;
use crate::cli::census::{Census, census};
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::place::Opened;
use crate::cli::screen::Screen;
use crate::cli::table::{Column, Table};
use crate::cli::text::{self, count, harmless};
use crate::cli::walk;

/// # Errors
/// When the storage does not answer any more.
pub(crate) async fn top(opened: &Opened, asked: &Top, output: &mut Output) -> Result<(), Failure> {
    let mut screen = (output.format == Format::People).then(Screen::enter).transpose()?;
    let mut before: Option<(Instant, HashMap<String, u64>)> = None;
    let mut looks = 0;
    while asked.count.is_none_or(|most| looks < most) {
        if looks > 0 {
            tokio::time::sleep(asked.interval).await;
        }
        looks += 1;
        let start = Instant::now();
        let mut counted = census(opened).await?;
        let look = Look {
            took: start.elapsed(),
            now: walk::now(),
            grown: grown(&counted, &before, start),
        };
        before = Some((
            start,
            counted.iter().map(|own| (own.namespace.clone(), own.records())).collect(),
        ));
        counted.sort_by_key(|own| std::cmp::Reverse(own.bytes));
        match (&mut screen, output.format) {
            (Some(screen), _) => {
                let lines = look.lines(opened, &counted, screen.size());
                screen.draw(&lines)?;
            }
            (None, Format::Json) => look.objects(&counted, output)?,
            (None, _) => {
                let all = (usize::MAX, usize::MAX);
                look.lines(opened, &counted, all).iter().try_for_each(|line| output.line(line))?;
            }
        }
        output.end()?;
    }
    Ok(())
}

/// One look at all caches.
struct Look {
    took: Duration,
    /// On the wall.
    now: u64,
    /// Records a second more, or fewer, since the last look.
    grown: HashMap<String, f64>,
}

fn grown(
    counted: &[Census],
    before: &Option<(Instant, HashMap<String, u64>)>,
    start: Instant,
) -> HashMap<String, f64> {
    let Some((last, records)) = before else { return HashMap::new() };
    let seconds = start.duration_since(*last).as_secs_f64().max(1e-3);
    let change = |own: &Census| {
        let then = records.get(&own.namespace).copied().unwrap_or_default();
        (own.namespace.clone(), (own.records() as f64 - then as f64) / seconds)
    };
    counted.iter().map(change).collect()
}

impl Look {
    /// What fits on a screen of so many rows and columns.
    fn lines(
        &self,
        opened: &Opened,
        counted: &[Census],
        (rows, columns): (usize, usize),
    ) -> Vec<String> {
        let sum = Census::sum(counted);
        let mut lines = vec![
            harmless(&opened.title),
            format!(
                "{} records, {}, looked at in {}",
                count(sum.records()),
                text::bytes(sum.bytes),
                text::time(self.took)
            ),
            String::new(),
        ];
        let mut table =
            Table::new([Column::Text("CACHE")].into_iter().chain(NUMBERS.map(Column::Number)));
        // Two lines are for what does not fit.
        let room = rows.saturating_sub(lines.len() + 3);
        counted.iter().take(room).for_each(|own| table.row(self.row(own)));
        lines.extend(table.lines(columns, &crate::cli::output::head()));
        if counted.len() > room {
            lines.push(format!("and {} smaller caches", counted.len() - room));
        }
        lines
    }

    fn row(&self, own: &Census) -> [String; 8] {
        let change = self.grown.get(&own.namespace);
        let ago = own.youngest.map(|made| Duration::from_millis(self.now.saturating_sub(made)));
        [
            harmless(&own.namespace),
            count(own.fresh),
            count(own.stale),
            count(own.dead),
            count(own.skewed + own.unreadable),
            text::bytes(own.bytes),
            change.map_or_else(String::new, |change| format!("{change:+.1}")),
            ago.map_or_else(String::new, text::time),
        ]
    }

    fn objects(&self, counted: &[Census], output: &mut Output) -> Result<(), Failure> {
        for own in counted {
            let mut object = own.object();
            object["at_ms"] = self.now.into();
            object["records_per_second"] = json!(self.grown.get(&own.namespace));
            output.json(&object)?;
        }
        Ok(())
    }
}

const NUMBERS: [&str; 7] = ["FRESH", "STALE", "DEAD", "BAD", "SIZE", "+/S", "WRITTEN"];
