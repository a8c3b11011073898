//! `cachefn export`: entries as lines of JSON.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use cachefn_core::{Glob, Inspected, Records};

use crate::cli::arguments::Export;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::line::line;
use crate::cli::output::{Output, tell};
use crate::cli::place::Opened;
use crate::cli::progress::Progress;
use crate::cli::text::things;
use crate::cli::walk::{self, Step};

/// # Errors
/// When the storage does not answer, the file cannot be written, or Ctrl-C is pressed: what is written
/// then are whole lines.
pub(crate) async fn export(
    opened: &Opened,
    asked: &Export,
    interrupt: &Interrupt,
    output: &mut Output,
) -> Result<(), Failure> {
    let glob = asked.pattern.as_deref().map(Glob::new).transpose()?;
    let namespaces = opened.namespaces().await?;
    let mut file = asked.output.as_deref().map(create).transpose()?;
    // The progress would stand between the lines.
    let is_seen = file.is_none() && output.is_terminal();
    let progress = (!is_seen).then(|| Progress::new("exported", "entries"));
    let mut written = 0;
    let visit = async |records: &Records, own: Inspected| {
        if interrupt.was_pressed() {
            return Ok(Step::Enough);
        }
        let fits = |key: &str| glob.as_ref().is_none_or(|glob| glob.matches(key));
        let Some(line) =
            own.key().filter(|key| fits(key)).and_then(|_| line(records, &own, walk::now()))
        else {
            return Ok(Step::Next);
        };
        match &mut file {
            Some(file) => file.line(&line)?,
            None => output.line(&line)?,
        }
        written += 1;
        progress.iter().for_each(|progress| progress.at(written));
        Ok(Step::Next)
    };
    let end = walk::each(opened, &namespaces, visit).await;
    drop(progress);
    if let Some(file) = file {
        file.end()?;
    }
    output.end()?;
    if end? == Step::Enough {
        let text = format!(
            "export: interrupted after {}, each whole",
            things(written, "entry", "entries")
        );
        return Err(Failure::Interrupted(Some(text)));
    }
    tell(&format!("exported {}", things(written, "entry", "entries")));
    if written == 0 { Err(Failure::Nothing(None)) } else { Ok(()) }
}

/// A file that is written.
struct Target<'p> {
    file: BufWriter<File>,
    path: &'p Path,
}

fn create(path: &Path) -> Result<Target<'_>, Failure> {
    let file = File::create(path).map_err(|error| failed(path, &error))?;
    Ok(Target { file: BufWriter::new(file), path })
}

impl Target<'_> {
    fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.file, "{line}").map_err(|error| failed(self.path, &error))
    }

    fn end(self) -> Result<(), Failure> {
        let Target { file, path } = self;
        let file = file.into_inner().map_err(|error| failed(path, error.error()))?;
        file.sync_all().map_err(|error| failed(path, &error))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Data(format!("export: write {}: {error}", path.display()))
}
