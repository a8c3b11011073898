//! `cachefn invalidate`: many entries at once.

use std::io::{IsTerminal, Write};

use cachefn_core::{Glob, Inspected, Mode, Records};
use serde_json::json;

use crate::cli::arguments::{Codec, Invalidate};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::output::Output;
use crate::cli::place::Opened;
use crate::cli::text::{count, harmless};
use crate::cli::tool_cache::{self, ToolCache};
use crate::cli::walk::{self, Step};

/// # Errors
/// When the user does not agree, the pattern is none, or the storage does not do it.
pub(crate) async fn invalidate(
    opened: &Opened,
    asked: &Invalidate,
    output: &mut Output,
) -> Result<(), Failure> {
    let namespace = opened.namespace().await?;
    let cache = tool_cache::build(opened, &namespace, Codec::Json)?;
    let mut removed = None;
    let what = if asked.all {
        if !asked.yes {
            agree(&format!("remove all entries of {namespace} from {}", opened.title)).await?;
        }
        // That of the service at once: to list the others takes a while.
        cache.clear().await?;
        for other in opened.with_functions(&namespace).await?.iter().skip(1) {
            let other = tool_cache::build(opened, other, Codec::Json)?;
            other.clear().await?;
            other.flush().await?;
        }
        format!("all entries of {namespace}")
    } else if let Some(pattern) = &asked.pattern {
        let (glob, mut count) = (Glob::new(pattern)?, 0);
        for own in opened.with_functions(&namespace).await? {
            let cache = tool_cache::build(opened, &own, Codec::Json)?;
            count += by_pattern(opened, &own, &cache, &glob).await?;
            cache.flush().await?;
        }
        removed = Some(count);
        format!("the entries of {namespace} that match {pattern}")
    } else {
        // A service and its functions have their tags together.
        let mode = if asked.expire { Mode::Expire } else { Mode::Remove };
        cache.invalidate_by_tags_with(&asked.tag, mode).await?;
        format!("the entries of {namespace} tagged {}", asked.tag.join(", "))
    };
    cache.flush().await?;
    if output.is_json() {
        output.json(&json!({ "namespace": namespace, "removed": removed, "done": true }))?;
    } else {
        let verb = if asked.expire { "expired" } else { "removed" };
        let number = removed.map(|number| format!(" ({})", count(number))).unwrap_or_default();
        output.line(&format!("{verb} {}{number}", harmless(&what)))?;
    }
    if removed == Some(0) { Err(Failure::Nothing(None)) } else { Ok(()) }
}

/// Records of any codec. Other processes are told when the storage has let go of them.
async fn by_pattern(
    opened: &Opened,
    namespace: &str,
    cache: &ToolCache,
    glob: &Glob,
) -> Result<u64, Failure> {
    let mut removed = 0;
    let visit = async |records: &Records, own: Inspected| {
        if own.key().is_some_and(|key| glob.matches(key)) && records.delete(&own).await? {
            removed += u64::from(own.condition.is_living());
        }
        Ok(Step::Next)
    };
    walk::each(opened, &[namespace.to_string()], visit).await?;
    Ok(removed + cache.invalidate_by_pattern(glob).await? as u64)
}

/// Asks on the terminal.
///
/// # Errors
/// When the answer is not yes, and when there is nobody to ask.
async fn agree(what: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let text = format!("invalidate: there is no terminal to ask on; to {what}, give --yes");
        return Err(Failure::Usage(text));
    }
    let mut told = std::io::stderr();
    write!(told, "{}? [y/N] ", harmless(what)).and_then(|()| told.flush())?;
    let failed = |error| Failure::Data(format!("invalidate: read: {error}"));
    let answer = input::line().await.map_err(failed)?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::Nothing(Some("nothing was removed".into()))),
    }
}
