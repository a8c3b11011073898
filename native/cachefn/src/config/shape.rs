//! Whether the settings of a source exist and are of their types. What is not leaves the tree, so that the rest
//! can be looked at too.

use serde_json::Value as Schema;

use super::document::{Node, Value};
use super::faults::Fault;
use super::place::Place;
use super::schema::{is, resolved, words};
use super::similar::{listed, nearest};
use super::texts;

/// What was found.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<Fault>,
    /// Settings that somebody has tried to write: that they are missing needs no words.
    pub(super) meant: Vec<String>,
}

impl Findings {
    pub(super) fn add(&mut self, place: &Place, path: &str, problem: String, suggestion: String) {
        self.meant.push(path.to_string());
        self.faults.push(Fault::at(place, path, problem, suggestion));
    }

    /// Whether somebody has tried to write a setting, or one in it: here, or in the profile that is chosen.
    pub(super) fn is_tried(&self, path: &str, profile: Option<&str>) -> bool {
        let in_profile = profile.map(|name| format!("{}.{path}", joined("profile", name)));
        [Some(path), in_profile.as_deref()].into_iter().flatten().any(|path| {
            let rest = |meant: &String| meant.strip_prefix(path).map(str::to_string);
            let is_in = |rest: String| rest.is_empty() || rest.starts_with('.');
            self.meant.iter().filter_map(rest).any(is_in)
        })
    }

    /// The tree without what is wrong in it.
    pub(super) fn checked(
        &mut self,
        node: Node,
        schema: &'static Schema,
        path: &str,
    ) -> Option<Node> {
        let schema = resolved(schema);
        let Node { place, value } = node;
        let value = match value {
            Value::Table(entries) if is(schema, "object") => {
                Value::Table(self.entries(entries, schema, path))
            }
            value => match scalar(&value, schema) {
                None => value,
                Some((problem, suggestion)) => {
                    self.add(&place, path, problem, suggestion);
                    return None;
                }
            },
        };
        Some(Node { place, value })
    }

    fn entries(
        &mut self,
        entries: Vec<(String, Node)>,
        schema: &'static Schema,
        path: &str,
    ) -> Vec<(String, Node)> {
        let known = |key: &str| schema["properties"].get(key);
        let any = Some(&schema["additionalProperties"]).filter(|any| any.is_object());
        let mut kept = Vec::new();
        for (key, node) in entries {
            let inner = joined(path, &key);
            match known(&key).or(any) {
                Some(schema) => {
                    kept.extend(self.checked(node, schema, &inner).map(|node| (key, node)));
                }
                None => {
                    let names = schema["properties"].as_object();
                    let names =
                        || names.into_iter().flat_map(|names| names.keys().map(String::as_str));
                    let similar = || nearest(&key, names()).map(String::from);
                    let suggestion = match further_in(&key, schema).or_else(similar) {
                        Some(name) => {
                            self.meant.push(if path.is_empty() {
                                name.clone()
                            } else {
                                format!("{path}.{name}")
                            });
                            format!("did you mean `{name}`?")
                        }
                        None => format!("there are {}", listed(names())),
                    };
                    self.add(&node.place, &inner, "is unknown".into(), suggestion);
                }
            }
        }
        kept
    }
}

/// The setting of that name in one of the tables that may stand here, where it is in no other.
fn further_in(key: &str, schema: &'static Schema) -> Option<String> {
    let tables = schema["properties"].as_object()?.iter();
    let mut found = tables.filter(|(_, table)| !resolved(table)["properties"][key].is_null());
    match (found.next(), found.next()) {
        (Some((table, _)), None) => Some(format!("{table}.{key}")),
        _ => None,
    }
}

/// A setting within another.
pub(super) fn joined(path: &str, key: &str) -> String {
    let key = match key.contains('.') {
        true => format!("\"{key}\""),
        false => key.to_string(),
    };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// What is wrong with a value that is no table where one belongs, and what would be right.
fn scalar(value: &Value, schema: &'static Schema) -> Option<(String, String)> {
    let wrong = |wanted: &str| Some((format!("is {}", value.kind()), format!("write {wanted}")));
    match schema["format"].as_str() {
        Some("cachefn-duration") => return with_unit(value, DURATION, texts::read_period),
        Some("cachefn-bytes") => return with_unit(value, BYTES, texts::read_bytes),
        _ => {}
    }
    if let Some(words) = words(schema) {
        let Value::Text(written) = value else {
            return wrong(&format!("one of {}", listed(words)));
        };
        if words.contains(&written.as_str()) {
            return None;
        }
        let suggestion = match nearest(written, words.iter().copied()) {
            Some(word) => format!("did you mean \"{word}\"?"),
            None => format!("write one of {}", listed(words)),
        };
        return Some(("is none of its words".into(), suggestion));
    }
    match value {
        Value::Text(_) if is(schema, "string") => None,
        Value::Boolean(_) if is(schema, "boolean") => None,
        Value::Integer(number) if is(schema, "integer") || is(schema, "number") => {
            range(*number as f64, schema)
        }
        Value::Float(number) if is(schema, "number") => range(*number, schema),
        _ if is(schema, "object") => wrong("it as a table: `[name]`, or `name.setting = …`"),
        _ if is(schema, "string") => wrong("a text in quotes"),
        _ if is(schema, "boolean") => wrong("true or false, without quotes"),
        _ if is(schema, "integer") => wrong("a whole number, without quotes"),
        _ => wrong("a number, without quotes"),
    }
}

fn with_unit<T>(
    value: &Value,
    wanted: &str,
    read: fn(&str) -> Result<T, String>,
) -> Option<(String, String)> {
    let refused = match value {
        Value::Text(text) => read(text).err()?,
        Value::Integer(number) if *number >= 0 => return None,
        Value::Integer(_) => return Some(("is negative".into(), format!("write {wanted}"))),
        _ => return Some((format!("is {}", value.kind()), format!("write {wanted}"))),
    };
    match refused.split_once("; ") {
        Some((problem, suggestion)) => Some((format!("is wrong: {problem}"), suggestion.into())),
        None => Some((format!("is wrong: {refused}"), format!("write {wanted}"))),
    }
}

fn range(number: f64, schema: &Schema) -> Option<(String, String)> {
    let bound = |name: &str| schema[name].as_f64();
    let most = match schema["format"].as_str() {
        Some("uint32") => bound("maximum").or(Some(f64::from(u32::MAX))),
        _ => bound("maximum"),
    };
    match (bound("minimum"), most) {
        (Some(least), _) if number < least => {
            Some(("is too small".into(), format!("write {least} or more")))
        }
        (_, Some(most)) if number > most => {
            Some(("is too large".into(), format!("write {most} or less")))
        }
        _ if number.is_nan() => Some(("is no number".into(), "write one".into())),
        _ => None,
    }
}

const DURATION: &str = "a length of time such as \"10m\", or a number of seconds";
const BYTES: &str = "a size such as \"64MiB\", or a number of bytes";
