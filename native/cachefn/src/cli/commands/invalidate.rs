//! `cachefn invalidate`: many entries at once.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use cachefn_core::{Glob, Inspected, Mode, Records};
use serde_json::json;

use crate::cli::arguments::{Codec, Invalidate};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::place::Opened;
use crate::cli::telling::Telling;
use crate::cli::text::{count, harmless, things};
use crate::cli::tool_cache::{self, ToolCache};
use crate::cli::walk::{self, Step};

/// # Errors
/// When the user does not agree, the pattern is none, the storage does not do it, or Ctrl-C is pressed.
pub(crate) async fn invalidate(
    opened: &Opened,
    asked: &Invalidate,
    interrupt: &Interrupt,
    output: &mut Output,
) -> Result<(), Failure> {
    let namespace = opened.namespace().await?;
    if let Some(pattern) = &asked.pattern {
        let matching = matching(opened, &namespace, pattern, interrupt, output);
        return interrupt.asks(matching).await;
    }
    let cache = tool_cache::build(opened, &namespace, Codec::Json)?;
    let several = async {
        if asked.all {
            all(opened, &namespace, &cache, asked, output).await
        } else {
            tagged(opened, &namespace, &cache, asked, output).await
        }
    };
    Interrupt::ends(several).await
}

async fn all(
    opened: &Opened,
    namespace: &str,
    cache: &ToolCache,
    asked: &Invalidate,
    output: &mut Output,
) -> Result<(), Failure> {
    if !asked.yes {
        agree(&format!("remove all entries of {namespace} from {}", opened.title)).await?;
    }
    // That of the service at once: to list the others takes a while.
    cache.clear().await?;
    for other in opened.with_functions(namespace).await?.iter().skip(1) {
        let other = tool_cache::build(opened, other, Codec::Json)?;
        other.clear().await?;
        other.flush().await?;
    }
    cache.flush().await?;
    if output.is_json() {
        return output.json(&json!({ "namespace": namespace, "removed": null, "done": true }));
    }
    output.line(&format!("removed all entries of {}", harmless(namespace)))
}

async fn matching(
    opened: &Opened,
    namespace: &str,
    pattern: &str,
    interrupt: &Interrupt,
    output: &mut Output,
) -> Result<(), Failure> {
    let glob = Glob::new(pattern)?;
    let (mut removed, mut telling) = (0, Telling::new(opened.bus.as_ref()));
    let ended = async {
        for own in opened.with_functions(namespace).await? {
            if by_pattern(opened, &own, &glob, interrupt, (&mut removed, &mut telling)).await?
                == Step::Enough
            {
                return Ok(Step::Enough);
            }
        }
        Ok(Step::Next)
    };
    let ended: Result<Step, Failure> = ended.await;
    // What is gone is gone, however it ended, and running caches hear of it.
    let told = telling.rest().await;
    if ended? == Step::Enough {
        let gone = things(removed, "entry", "entries");
        let text = format!("invalidate: interrupted after {gone}; the others may be there still");
        return Err(Failure::Interrupted(Some(text)));
    }
    told?;
    let (of, which) = (harmless(namespace), harmless(pattern));
    if output.is_json() {
        output.json(&json!({ "namespace": namespace, "removed": removed, "done": true }))?;
    } else if removed == 0 {
        output.line(&format!("removed nothing: no entry of {of} matches {which}"))?;
    } else {
        let number = count(removed);
        output.line(&format!("removed the entries of {of} that match {which} ({number})"))?;
    }
    if removed == 0 { Err(Failure::Nothing(None)) } else { Ok(()) }
}

/// A tag is invalid from now on, whether or not an entry carries it. A service and its functions have their tags
/// together.
async fn tagged(
    opened: &Opened,
    namespace: &str,
    cache: &ToolCache,
    asked: &Invalidate,
    output: &mut Output,
) -> Result<(), Failure> {
    // Whoever asks for a number and cannot have it is told so before anything is invalidated.
    let carried = match asked.count {
        true => Some(Carried::by(opened, namespace, &asked.tag).await?),
        false => None,
    };
    let mode = if asked.expire { Mode::Expire } else { Mode::Remove };
    cache.invalidate_by_tags_with(&asked.tag, mode).await?;
    cache.flush().await?;
    let entries = carried.as_ref().map(|carried| carried.entries);
    let verb = if asked.expire { "expired" } else { "removed" };
    if output.is_json() {
        let tags = carried.map(|carried| carried.tags);
        let mut told =
            json!({ "namespace": namespace, "removed": null, "tags": tags, "done": true });
        told[verb] = json!(entries);
        return output.json(&told);
    }
    let of = harmless(namespace);
    if entries != Some(0) {
        let number = entries.map(|number| format!(" ({})", count(number))).unwrap_or_default();
        let tags = harmless(&asked.tag.join(", "));
        output.line(&format!("{verb} the entries of {of} tagged {tags}{number}"))?;
    }
    let tags = carried.map(|carried| carried.tags).unwrap_or_default();
    tags.iter().filter(|(_, number)| **number == 0).try_for_each(|(tag, _)| {
        let tag = harmless(tag);
        output.line(&format!("the tag {tag} is invalidated; no entry of {of} carried it"))
    })
}

/// Living entries with some tags.
struct Carried {
    /// Each once.
    entries: u64,
    tags: BTreeMap<String, u64>,
}

impl Carried {
    /// # Errors
    /// When the storage cannot list its names or does not answer.
    async fn by(opened: &Opened, namespace: &str, tags: &[String]) -> Result<Self, Failure> {
        let tags = tags.iter().map(|tag| (tag.clone(), 0)).collect();
        let mut carried = Carried { entries: 0, tags };
        let visit = async |_: &Records, own: Inspected| {
            if let Some(record) = own.record.filter(|_| own.condition.is_living()) {
                let mut is_any = false;
                for tag in &record.tags {
                    if let Some(number) = carried.tags.get_mut(&*tag.name) {
                        *number += 1;
                        is_any = true;
                    }
                }
                carried.entries += u64::from(is_any);
            }
            Ok(Step::Next)
        };
        walk::each(opened, &opened.with_functions(namespace).await?, visit).await?;
        Ok(carried)
    }
}

/// Records of any codec, until Ctrl-C is pressed. Other processes are told when the storage has let go of them.
async fn by_pattern(
    opened: &Opened,
    namespace: &str,
    glob: &Glob,
    interrupt: &Interrupt,
    (removed, telling): (&mut u64, &mut Telling<'_>),
) -> Result<Step, Failure> {
    let visit = async |records: &Records, own: Inspected| {
        if interrupt.was_pressed() {
            return Ok(Step::Enough);
        }
        if let Some(key) = own.key().filter(|key| glob.matches(key))
            && records.delete(&own).await?
        {
            *removed += u64::from(own.condition.is_living());
            telling.wrote(namespace, key).await;
        }
        Ok(Step::Next)
    };
    if walk::each(opened, &[namespace.to_string()], visit).await? == Step::Enough {
        return Ok(Step::Enough);
    }
    let cache = tool_cache::build(opened, namespace, Codec::Json)?;
    *removed += cache.invalidate_by_pattern(glob).await? as u64;
    cache.flush().await?;
    Ok(Step::Next)
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
