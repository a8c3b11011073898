//! The JSON schema of the file: for editors, and for the check of every source.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::settings::{Global, Service};

/// A configuration as it stands in the file.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "cachefn.toml")]
#[allow(dead_code, reason = "only its schema is used")]
struct Written {
    /// What holds for the whole program.
    #[schemars(default)]
    global: Global,
    /// The caches of the program, each by its name.
    #[schemars(default)]
    services: BTreeMap<String, Service>,
    /// What is different in a profile, which the variable CACHEFN_PROFILE chooses.
    #[schemars(default)]
    profile: BTreeMap<String, Profile>,
}

/// What is different in a profile.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct Profile {
    /// What holds for the whole program.
    #[schemars(default)]
    global: Global,
    /// The caches of the program, each by its name.
    #[schemars(default)]
    services: BTreeMap<String, Service>,
}

/// The JSON schema of a configuration file, as editors use it; `native/cachefn/cachefn.schema.json` has it.
///
/// ```
/// let schema = cachefn::config::json_schema();
/// assert_eq!(schema["title"], "cachefn.toml");
/// ```
pub fn json_schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let generator = SchemaSettings::draft07().into_generator();
        generator.into_root_schema_for::<Written>().to_value()
    })
}

/// What a schema means behind its references, for a value that is there.
pub(super) fn resolved(mut schema: &'static Value) -> &'static Value {
    loop {
        if let Some(reference) = schema["$ref"].as_str() {
            schema = at(reference);
        } else if let Some(reference) = schema["allOf"][0]["$ref"].as_str() {
            schema = at(reference);
        } else if let Some(first) = any_of(schema) {
            schema = first;
        } else {
            return schema;
        }
    }
}

/// The alternatives of an optional value are the value and nothing.
fn any_of(schema: &'static Value) -> Option<&'static Value> {
    schema["anyOf"].as_array()?.iter().find(|one| one["type"] != "null")
}

fn at(reference: &str) -> &'static Value {
    json_schema().pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null)
}

/// The words that a setting can be, if it is one of some.
pub(super) fn words(schema: &'static Value) -> Option<Vec<&'static str>> {
    let listed = schema["enum"].as_array();
    if let Some(listed) = listed {
        return Some(listed.iter().filter_map(Value::as_str).collect());
    }
    let each = schema["oneOf"].as_array()?.iter();
    let word = |one: &'static Value| one["const"].as_str().or(one["enum"][0].as_str());
    Some(each.filter_map(word).collect())
}

/// Whether a setting can be of this type of JSON.
pub(super) fn is(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::Array(types) => types.iter().any(|one| one == name),
        one => one == name,
    }
}
