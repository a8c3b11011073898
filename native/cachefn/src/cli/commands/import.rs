//! `cachefn import`: entries that `export` wrote, each whole or not at all. Caches in other processes hear of them.

use std::collections::HashMap;

use cachefn_core::{Condition, Record, Records};
use serde_json::json;

use crate::cli::arguments::Import;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::interrupt::Interrupt;
use crate::cli::line;
use crate::cli::output::Output;
use crate::cli::place::Opened;
use crate::cli::progress::Progress;
use crate::cli::telling::Telling;
use crate::cli::text::{count, things};
use crate::cli::walk;

/// # Errors
/// When a line cannot be used, the storage does not take it, or Ctrl-C is pressed: the text says with
/// which line to go on.
pub(crate) async fn import(
    opened: &Opened,
    asked: &Import,
    namespace: Option<&str>,
    interrupt: &Interrupt,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut lines = input::lines(&asked.source).map_err(|error| {
        Failure::Data(format!("import: open {}: {error}", asked.source.display()))
    })?;
    let progress = Progress::new("imported", "entries");
    let (known, telling) = (HashMap::new(), Telling::new(opened.bus.as_ref()));
    let mut into = Into { opened, namespace, overwrite: asked.overwrite, known, telling };
    let mut done = Done::default();
    let ended = loop {
        let next = tokio::select! {
            biased;
            () = interrupt.wait() => break Err(Failure::Interrupted(Some("interrupted".into()))),
            next = lines.recv() => next,
        };
        let text = match next {
            None => break Ok(()),
            Some(Ok(text)) => text,
            Some(Err(error)) => break Err(Failure::Data(format!("read: {error}"))),
        };
        if done.lines >= asked.skip && !text.trim().is_empty() {
            match into.one(&text).await {
                Ok(true) => done.imported += 1,
                Ok(false) => done.passed += 1,
                Err(failure) => break Err(failure),
            }
        }
        done.lines += 1;
        progress.at(done.imported);
        // A storage may never wait, and Ctrl-C must be heard.
        tokio::task::yield_now().await;
    };
    drop(progress);
    // What was written stays, however it ended, and running caches hear of it.
    let flushed = opened.flush().await;
    let told = into.telling.rest().await;
    ended.map_err(|failure| done.stopped(failure))?;
    flushed?;
    told.map_err(|error| {
        let imported = things(done.imported, "entry", "entries");
        Failure::Storage(format!(
            "import: {imported} imported whole, but running caches could not be told of the last of them, \
             and may keep what they have in memory: {error}"
        ))
    })?;
    if output.is_json() {
        let Done { lines, imported, passed } = done;
        return output.json(&json!({ "lines": lines, "imported": imported, "passed": passed }));
    }
    let passed = match done.passed {
        0 => String::new(),
        passed => format!("; {} passed over: dead, or older than what is there", count(passed)),
    };
    output.line(&format!("imported {}{passed}", things(done.imported, "entry", "entries")))
}

#[derive(Debug, Default)]
struct Done {
    lines: u64,
    imported: u64,
    passed: u64,
}

impl Done {
    /// The same failure, with where it was and how to go on.
    fn stopped(&self, failure: Failure) -> Failure {
        let tell = |why: String| {
            let (line, imported) = (self.lines + 1, things(self.imported, "entry", "entries"));
            let skip = self.lines;
            format!(
                "import: line {line}: {why}; {imported} imported whole; go on with --skip {skip}"
            )
        };
        match failure {
            Failure::Interrupted(why) => Failure::Interrupted(why.map(tell)),
            Failure::Data(why) => Failure::Data(tell(why)),
            Failure::Storage(why) => Failure::Storage(tell(why)),
            other => other,
        }
    }
}

/// Where entries go.
struct Into<'o> {
    opened: &'o Opened,
    /// Into one cache, whatever they were of.
    namespace: Option<&'o str>,
    overwrite: bool,
    known: HashMap<String, Records>,
    telling: Telling<'o>,
}

impl Into<'_> {
    /// Whether the entry of a line was written.
    async fn one(&mut self, text: &str) -> Result<bool, Failure> {
        let record = line::record(text.trim_end()).map_err(Failure::Data)?;
        let own = record.namespace().unwrap_or_default();
        let namespace = self.namespace.map_or(own, ToString::to_string);
        let storage = &self.opened.storage;
        let records = self
            .known
            .entry(namespace)
            .or_insert_with_key(|namespace| Records::new(namespace, storage.clone()));
        let now = walk::now();
        if is_over(&record, now) || (!self.overwrite && is_older(records, &record, now).await?) {
            return Ok(false);
        }
        let key = record.key().unwrap_or_default().to_string();
        records.adopt(record, now).await?;
        self.telling.wrote(records.namespace(), &key).await;
        Ok(true)
    }
}

fn is_over(record: &Record, now: u64) -> bool {
    let life = record.fresh_for.saturating_add(record.revalidates_for.max(record.bridges_for));
    now.saturating_sub(record.created) >= life
}

/// Whether the storage has a living entry there that is younger.
async fn is_older(records: &Records, record: &Record, now: u64) -> Result<bool, Failure> {
    let Some(there) = records.find(record.key().unwrap_or_default(), now).await? else {
        return Ok(false);
    };
    let made = there.record.map_or(0, |there| there.created);
    let is_of_use = there.condition.is_living() || there.condition == Condition::Skewed;
    Ok(is_of_use && made > record.created)
}
