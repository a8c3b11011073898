//! `cachefn export`: entries as lines of JSON.

use cachefn_core::{Glob, Inspected, Records};

use crate::cli::arguments::Export;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::line::line;
use crate::cli::output::{Output, tell};
use crate::cli::place::Opened;
use crate::cli::progress::Progress;
use crate::cli::target::Target;
use crate::cli::text::things;
use crate::cli::walk::{self, Step};

/// # Errors
/// When the storage does not answer, the file cannot be written or is the storage, or Ctrl-C is pressed: what
/// is printed then are whole lines, and a file stays as it was.
pub(crate) async fn export(
    opened: &Opened,
    asked: &Export,
    interrupt: &Interrupt,
    output: &mut Output,
) -> Result<(), Failure> {
    let glob = asked.pattern.as_deref().map(Glob::new).transpose()?;
    let namespaces = opened.namespaces().await?;
    let storage = opened.path.as_deref();
    let mut file = asked.output.as_deref().map(|path| Target::new(path, storage)).transpose()?;
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
    output.end()?;
    let entries = things(written, "entry", "entries");
    if end? == Step::Enough {
        let rest = if file.is_some_and(|file| file.is_beside()) {
            "nothing of them is kept"
        } else {
            "each whole"
        };
        let text = format!("export: interrupted after {entries}, {rest}");
        return Err(Failure::Interrupted(Some(text)));
    }
    if let (0, Some(path)) = (written, &asked.output) {
        let text = format!("exported 0 entries, so nothing was written to {}", path.display());
        return Err(Failure::Nothing(Some(text)));
    }
    file.map_or(Ok(()), Target::end)?;
    tell(&format!("exported {entries}"));
    if written == 0 { Err(Failure::Nothing(None)) } else { Ok(()) }
}
