//! Several sources become one: what a later one says holds.

use config::{Map, Source, Value as Merged, ValueKind};
use serde_json::Value as Json;

use super::document::{Node, Value};

/// All settings of the sources, by the last that says each.
///
/// # Errors
/// When the library that merges them refuses one, in its words.
pub(super) fn merged(sources: &[Node]) -> Result<Json, String> {
    let mut builder = config::Config::builder();
    for source in sources {
        builder = builder.add_source(Tree(source.clone()));
    }
    let all = builder.build().map_err(|error| error.to_string())?;
    Ok(json(all.cache))
}

/// A source for the library.
#[derive(Debug, Clone)]
struct Tree(Node);

impl Source for Tree {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Merged>, config::ConfigError> {
        Ok(self.0.entries().iter().map(|(key, node)| (key.clone(), value(node))).collect())
    }
}

fn value(node: &Node) -> Merged {
    let kind = match &node.value {
        Value::Text(text) => ValueKind::String(text.clone()),
        Value::Integer(number) => ValueKind::I64(*number),
        Value::Float(number) => ValueKind::Float(*number),
        Value::Boolean(is) => ValueKind::Boolean(*is),
        Value::Date => ValueKind::Nil,
        Value::List(items) => ValueKind::Array(items.iter().map(value).collect()),
        Value::Table(entries) => {
            ValueKind::Table(entries.iter().map(|(key, node)| (key.clone(), value(node))).collect())
        }
    };
    Merged::new(None, kind)
}

fn json(value: Merged) -> Json {
    match value.kind {
        ValueKind::Nil => Json::Null,
        ValueKind::Boolean(is) => is.into(),
        ValueKind::I64(number) => number.into(),
        ValueKind::I128(number) => (number as f64).into(),
        ValueKind::U64(number) => number.into(),
        ValueKind::U128(number) => (number as f64).into(),
        ValueKind::Float(number) => number.into(),
        ValueKind::String(text) => text.into(),
        ValueKind::Array(items) => items.into_iter().map(json).collect(),
        ValueKind::Table(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (key, json(value))).collect())
        }
    }
}
