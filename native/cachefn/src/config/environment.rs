//! Settings from the environment: `CACHEFN__SERVICES__USER_CACHE__TTL=10m`.

use std::sync::Arc;

use serde_json::Value as Schema;

use super::document::{Node, Value};
use super::place::Place;
use super::schema::{is, json_schema, resolved};
use super::shape::{Findings, joined};
use super::similar::{listed, nearest};

/// The settings among the variables, for services that the files name.
pub(super) fn settings(
    variables: &[(String, String)],
    services: &[String],
    findings: &mut Findings,
) -> Node {
    let mut all = Node::table(&Arc::from("environment"));
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let place = Place { source: Arc::from(name.as_str()), line: None };
        if let Some((keys, schema)) = keys(rest, services, &place, findings) {
            let node = Node { place, value: value(text, resolved(schema)) };
            let path = keys.iter().fold(String::new(), |path, key| joined(&path, key));
            if let Some(node) = findings.checked(node, schema, &path) {
                all.put(&keys, node);
            }
        }
    }
    all
}

/// What the words of a name lead to.
fn keys(
    rest: &str,
    services: &[String],
    place: &Place,
    findings: &mut Findings,
) -> Option<(Vec<String>, &'static Schema)> {
    let (mut keys, mut schema) = (Vec::new(), json_schema());
    for word in rest.split("__") {
        schema = resolved(schema);
        let path = keys.iter().fold(String::new(), |path, key: &String| joined(&path, key));
        let named = schema["additionalProperties"].is_object();
        let known: Vec<&str> = match schema["properties"].as_object() {
            Some(properties) => properties.keys().map(String::as_str).collect(),
            None if named => services.iter().map(String::as_str).collect(),
            None => Vec::new(),
        };
        // A profile is no place to write to from outside.
        let known: Vec<&str> = known.into_iter().filter(|key| *key != "profile").collect();
        let meant: Vec<&str> =
            known.iter().copied().filter(|key| plain(key) == plain(word)).collect();
        let path_of = |word: &str| joined(&path, word);
        if meant.len() > 1 {
            let suggestion = format!("rename all but one of {}", listed(meant));
            let path = path_of(&word.to_lowercase());
            findings.add(place, &path, "may be one of several".into(), suggestion);
            return None;
        }
        let Some(key) = meant.first() else {
            let suggestion = match nearest(word, known.iter().copied()) {
                Some(key) => format!("did you mean `{}`?", plain(key)),
                None if known.is_empty() => "it has no settings within it".into(),
                None => format!("there are {}", listed(known)),
            };
            let path = path_of(&word.to_lowercase());
            findings.add(place, &path, "is unknown".into(), suggestion);
            return None;
        };
        keys.push(key.to_string());
        schema = schema["properties"].get(*key).unwrap_or(&schema["additionalProperties"]);
    }
    Some((keys, schema))
}

/// A variable has only texts: what its setting is says how to read them.
fn value(text: &str, schema: &Schema) -> Value {
    let number = || text.parse().ok().filter(|_| is(schema, "integer")).map(Value::Integer);
    let fraction = || text.parse().ok().filter(|_| is(schema, "number")).map(Value::Float);
    let switch = || text.parse().ok().filter(|_| is(schema, "boolean")).map(Value::Boolean);
    let read = number().or_else(fraction).or_else(switch);
    read.unwrap_or_else(|| Value::Text(text.into()))
}

/// Names as the environment has them: `user-cache` is `USER_CACHE`.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

const PREFIX: &str = "CACHEFN__";
