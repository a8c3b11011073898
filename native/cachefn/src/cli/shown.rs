//! A record in words, for people and for programs.

use std::time::Duration;

use cachefn_core::{Codec, Condition, Inspected, Json, MessagePack, Record};
use serde_json::{Value, json};

use super::loose::{Loose, hex};
use super::text;

/// The value, if its bytes tell what they are.
pub(crate) fn value(record: &Record) -> Option<Value> {
    let Loose(value) = match record.codec {
        JSON | TAGGED_JSON => Json.decode(&record.payload).ok()?,
        MESSAGE_PACK => MessagePack.decode(&record.payload).ok()?,
        _ => return None,
    };
    Some(value)
}

/// The codec by its name, or by its number.
pub(crate) fn codec(record: &Record) -> String {
    match record.codec {
        1 => "postcard".into(),
        JSON => "json".into(),
        MESSAGE_PACK => "messagepack".into(),
        TAGGED_JSON => "tagged-json".into(),
        other => format!("codec {other}"),
    }
}

/// One word.
pub(crate) fn state(condition: &Condition) -> &'static str {
    match condition {
        Condition::Fresh { .. } => "fresh",
        Condition::Stale { .. } => "stale",
        Condition::Dead => "dead",
        Condition::Skewed => "skewed",
        _ => "unreadable",
    }
}

/// How long it is fresh yet, or stale already.
pub(crate) fn left(condition: &Condition) -> String {
    match condition {
        Condition::Fresh { left: None } => "for ever".into(),
        Condition::Fresh { left: Some(left) } => text::time(*left),
        Condition::Stale { since } => format!("since {}", text::time(*since)),
        _ => String::new(),
    }
}

pub(crate) fn age(record: &Record, wall_ms: u64) -> Duration {
    Duration::from_millis(wall_ms.saturating_sub(record.created))
}

pub(crate) fn tags(record: &Record) -> Vec<&str> {
    record.tags.iter().map(|tag| &*tag.name).collect()
}

/// All that is known of it but the value.
pub(crate) fn object(namespace: &str, own: &Inspected, wall_ms: u64) -> Value {
    let mut object = json!({
        "namespace": namespace,
        "key": own.key(),
        "state": state(&own.condition),
        "bytes": own.bytes.len(),
    });
    match &own.condition {
        Condition::Fresh { left: Some(left) } => object["left_ms"] = ms(*left),
        Condition::Stale { since } => object["stale_since_ms"] = ms(*since),
        Condition::Unreadable(error) => object["why"] = error.to_string().into(),
        _ => {}
    }
    match &own.record {
        Some(record) => {
            object["codec"] = codec(record).into();
            object["schema"] = record.schema.into();
            object["created_ms"] = record.created.into();
            object["age_ms"] = ms(age(record, wall_ms));
            object["tags"] = tags(record).into();
            object["value_bytes"] = record.payload.len().into();
        }
        None => object["stored_as"] = String::from_utf8_lossy(&own.stored).into(),
    }
    object
}

/// The same with the value, as JSON or in hexadecimal digits.
pub(crate) fn object_with_value(namespace: &str, own: &Inspected, wall_ms: u64) -> Value {
    let mut object = object(namespace, own, wall_ms);
    if let Some(record) = &own.record {
        match value(record) {
            Some(value) => object["value"] = value,
            None => object["value_hex"] = hex(&record.payload)[2..].into(),
        }
    }
    object
}

fn ms(duration: Duration) -> Value {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).into()
}

pub(crate) const JSON: u8 = 2;
pub(crate) const MESSAGE_PACK: u8 = 3;
const TAGGED_JSON: u8 = 4;
