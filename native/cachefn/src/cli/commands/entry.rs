//! `cachefn get`, `set` and `del`: one entry.

use cachefn_core::{EntryOptions, Inspected, Record, Records};
use serde_json::{Value, json};

use crate::cli::arguments::{Codec, Del, Get, Set};
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::loose::{Loose, hex};
use crate::cli::output::{Format, Output};
use crate::cli::place::Opened;
use crate::cli::text::{self, harmless};
use crate::cli::walk::{self, Step};
use crate::cli::{shown, tool_cache};
use crate::config;

/// # Errors
/// When there is no living entry, and when the storage does not answer.
pub(crate) async fn get(opened: &Opened, asked: &Get, output: &mut Output) -> Result<(), Failure> {
    let namespace = opened.namespace().await?;
    let (records, now) = (Records::new(&namespace, opened.storage.clone()), walk::now());
    let found = records.find(&asked.key, now).await?;
    let Some(own) = found.filter(|own| own.condition.is_living()) else {
        return Err(Failure::Nothing(Some(format!(
            "get {}: there is no such entry in {namespace}",
            harmless(&asked.key)
        ))));
    };
    // A living record was read.
    let Some(record) = &own.record else { return Ok(()) };
    if asked.raw {
        return output.bytes(&record.payload);
    }
    match output.format {
        Format::Json => output.json(&shown::object_with_value(&namespace, &own, now)),
        Format::People => people(&own, record, now, output),
        Format::Plain => match shown::value(record) {
            Some(value) => output.json(&value),
            None => output.line(&unknown(record)),
        },
    }
}

fn people(own: &Inspected, record: &Record, now: u64, output: &mut Output) -> Result<(), Failure> {
    let (state, left) = (shown::state(&own.condition), shown::left(&own.condition));
    let age = text::time(shown::age(record, now));
    let codec = shown::codec(record);
    let size = text::bytes(own.bytes.len() as u64);
    let line = format!("{state} {left}, {age} old, {codec}, {size}");
    output.line(&console::style(line).dim().to_string())?;
    if !record.tags.is_empty() {
        let tags = format!("tags: {}", harmless(&shown::tags(record).join(", ")));
        output.line(&console::style(tags).dim().to_string())?;
    }
    match shown::value(record) {
        Some(value) => {
            let pretty = serde_json::to_string_pretty(&value).unwrap_or_default();
            pretty.lines().try_for_each(|line| output.line(&harmless(line)))
        }
        None => output.line(&unknown(record)),
    }
}

/// Bytes of a format that does not tell what they are.
fn unknown(record: &Record) -> String {
    let bytes = &record.payload;
    let more = if bytes.len() > MOST { "…" } else { "" };
    let begin = hex(&bytes[..bytes.len().min(MOST)]);
    format!("{} of {}: {begin}{more}", text::bytes(bytes.len() as u64), shown::codec(record))
}

/// # Errors
/// When the value is none, or the storage does not take it.
pub(crate) async fn set(opened: &Opened, asked: &Set, output: &mut Output) -> Result<(), Failure> {
    let value = value(asked).await?;
    let namespace = opened.namespace().await?;
    let codec = match asked.codec {
        Some(codec) => codec,
        None => usual(opened, &namespace).await?.ok_or_else(|| Failure::Usage(format!(
            "set: the entries of {namespace} are of a codec that takes the type of the value to \
             write; --codec json writes one that only a cache with that codec reads"
        )))?,
    };
    let cache = tool_cache::build(opened, &namespace, codec)?;
    cache.set_with(asked.key.clone(), Loose(value), options(opened, asked)).await?;
    cache.flush().await?;
    match output.is_json() {
        true => output.json(&json!({ "namespace": namespace, "key": asked.key, "set": true })),
        false => Ok(()),
    }
}

fn options(opened: &Opened, asked: &Set) -> EntryOptions {
    let mut options = EntryOptions::new().tags(asked.tags.iter().map(String::as_str));
    if let Some(ttl) = asked.ttl.or(opened.habits.ttl) {
        options = options.ttl(ttl);
    }
    if let Some(window) = asked.stale_while_revalidate {
        options = options.stale_while_revalidate(window);
    }
    if let Some(window) = asked.stale_if_error {
        options = options.stale_if_error(window);
    }
    options
}

async fn value(asked: &Set) -> Result<Value, Failure> {
    let mut given = asked.value.clone();
    if given == "-" {
        let failed = |error| Failure::Data(format!("set {}: read: {error}", harmless(&asked.key)));
        given = input::all().await.map_err(failed)?;
    }
    if asked.text {
        return Ok(given.into());
    }
    serde_json::from_str(&given).map_err(|error| {
        Failure::Data(format!(
            "set {}: the value is no JSON, line {} column {}; quote it, or give --text",
            harmless(&asked.key),
            error.line(),
            error.column()
        ))
    })
}

/// The codec of the service, or of the entries that are there, so that the cache can read the new one,
/// too; none if only a program with the type can write it.
async fn usual(opened: &Opened, namespace: &str) -> Result<Option<Codec>, Failure> {
    if let Some(codec) = opened.habits.codec {
        return Ok(match codec {
            config::Codec::Json => Some(Codec::Json),
            config::Codec::Messagepack => Some(Codec::MessagePack),
            config::Codec::Postcard => None,
        });
    }
    let mut codec = Some(Codec::Json);
    let look = async |_: &Records, own: Inspected| {
        let Some(record) = own.record else { return Ok(Step::Next) };
        codec = match record.codec {
            shown::JSON => Some(Codec::Json),
            shown::MESSAGE_PACK => Some(Codec::MessagePack),
            _ => None,
        };
        Ok(Step::Enough)
    };
    walk::each(opened, &[namespace.to_string()], look).await?;
    Ok(codec)
}

/// # Errors
/// When none of the keys was there, and when the storage does not answer.
pub(crate) async fn del(opened: &Opened, asked: &Del, output: &mut Output) -> Result<(), Failure> {
    let namespace = opened.namespace().await?;
    let cache = tool_cache::build(opened, &namespace, Codec::Json)?;
    let mut missing: Vec<&str> = Vec::new();
    for key in &asked.keys {
        if !cache.delete(&**key).await? {
            missing.push(key);
        }
    }
    cache.flush().await?;
    let deleted = asked.keys.len() - missing.len();
    if output.is_json() {
        let told = json!({ "namespace": namespace, "deleted": deleted, "missing": missing });
        output.json(&told)?;
    } else {
        let of = format!("deleted {} of {}", text::count(deleted as u64), asked.keys.len());
        output.line(&of)?;
        for key in &missing {
            let (key, namespace) = (harmless(key), harmless(&namespace));
            output.line(&format!("{key}: there is no such entry in {namespace}"))?;
        }
    }
    if deleted == 0 { Err(Failure::Nothing(None)) } else { Ok(()) }
}

/// So many bytes are shown.
const MOST: usize = 64;
