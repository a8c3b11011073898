//! A file as a tree whose every key knows its line.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::faults::Fault;
use super::place::Place;

/// A value, and where its key stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Date,
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Value {
    /// In words, with an article.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number with a fraction",
            Value::Boolean(_) => "true or false",
            Value::Date => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

impl Node {
    /// An empty table.
    pub(super) fn table(source: &Arc<str>) -> Self {
        let place = Place { source: source.clone(), line: None };
        Node { place, value: Value::Table(Vec::new()) }
    }

    pub(super) fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Takes an entry out of a table.
    pub(super) fn take(&mut self, key: &str) -> Option<Node> {
        let Value::Table(entries) = &mut self.value else { return None };
        let at = entries.iter().position(|(name, _)| name == key)?;
        Some(entries.remove(at).1)
    }

    /// Puts a value to where the keys lead, through tables that are made.
    pub(super) fn put(&mut self, keys: &[String], node: Node) {
        let Value::Table(entries) = &mut self.value else { return };
        let Some((first, rest)) = keys.split_first() else { return };
        let at = entries.iter().position(|(name, _)| name == first);
        if rest.is_empty() {
            at.map(|at| entries.remove(at));
            entries.push((first.clone(), node));
            return;
        }
        let at = at.unwrap_or_else(|| {
            let inner = Node { place: node.place.clone(), value: Value::Table(Vec::new()) };
            entries.push((first.clone(), inner));
            entries.len() - 1
        });
        entries[at].1.put(rest, node);
    }
}

/// Reads a file.
///
/// # Errors
/// All places where it is no TOML.
pub(super) fn parse(source: &Arc<str>, text: &str) -> Result<Node, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let lines = Lines { source, text };
    if errors.is_empty() {
        return Ok(lines.table(table.get_ref(), lines.place(None)));
    }
    let fault = |error: &toml::de::Error| {
        let place = lines.place(error.span().map(|span| span.start));
        let problem = format!("is no TOML: {}", error.message().lines().next().unwrap_or_default());
        Fault::at(&place, "the file", problem, "see https://toml.io for how it is written".into())
    };
    Err(errors.iter().map(fault).collect())
}

struct Lines<'a> {
    source: &'a Arc<str>,
    text: &'a str,
}

impl Lines<'_> {
    fn place(&self, offset: Option<usize>) -> Place {
        let before = offset.and_then(|offset| self.text.as_bytes().get(..offset));
        let line = before.map(|text| 1 + text.iter().filter(|byte| **byte == b'\n').count());
        Place { source: self.source.clone(), line }
    }

    fn table(&self, table: &DeTable<'_>, place: Place) -> Node {
        // The parser sorts keys by name; here they stand as they were written.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| {
            let place = self.place(Some(key.span().start));
            (key.get_ref().to_string(), self.node(value.get_ref(), place))
        });
        Node { place, value: Value::Table(entries.collect()) }
    }

    fn node(&self, value: &DeValue<'_>, place: Place) -> Node {
        let value = match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => {
                let read = i64::from_str_radix(number.as_str(), number.radix());
                // What is too large for that is too large for every setting.
                Value::Integer(read.unwrap_or(i64::MAX))
            }
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(is) => Value::Boolean(*is),
            DeValue::Datetime(_) => Value::Date,
            DeValue::Array(items) => {
                let item = |item: &toml::Spanned<DeValue<'_>>| {
                    self.node(item.get_ref(), self.place(Some(item.span().start)))
                };
                Value::List(items.iter().map(item).collect())
            }
            DeValue::Table(table) => return self.table(table, place),
        };
        Node { place, value }
    }
}
