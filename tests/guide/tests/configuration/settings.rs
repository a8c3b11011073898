//! Every setting of a configuration, as the JSON schema of its types says it.

use cachefn::config::json_schema;
use serde_json::Value;

/// A table of the file.
pub(crate) struct Table {
    /// The keys that lead to it; `NAME` is that of a service.
    pub(crate) path: Vec<String>,
    pub(crate) about: String,
    pub(crate) settings: Vec<Setting>,
}

pub(crate) struct Setting {
    pub(crate) path: Vec<String>,
    pub(crate) about: String,
    pub(crate) schema: &'static Value,
    /// What holds unless it is said, where the types say it.
    pub(crate) default: &'static Value,
}

impl Setting {
    pub(crate) fn key(&self) -> &str {
        self.path.last().expect("a setting has a name")
    }

    /// With the name of a service instead of `NAME`.
    pub(crate) fn keys(&self, service: &str) -> Vec<String> {
        let own = |key: &String| if key == "NAME" { service.into() } else { key.clone() };
        self.path.iter().map(own).collect()
    }

    /// The variable of the environment.
    pub(crate) fn variable(&self, service: &str) -> String {
        let keys = self.keys(service).join("__");
        format!("CACHEFN__{}", keys.to_uppercase().replace('-', "_"))
    }

    /// The words it can be, each with what it means.
    pub(crate) fn words(&self) -> Vec<(&'static str, &'static str)> {
        let each = self.schema["oneOf"].as_array().into_iter().flatten();
        let text = |value: &'static Value| value.as_str().unwrap_or_default();
        each.map(|word| (text(&word["const"]), text(&word["description"]))).collect()
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        match &self.schema["type"] {
            Value::Array(types) => types.iter().any(|one| one == name),
            one => one == name,
        }
    }

    pub(crate) fn format(&self) -> &'static str {
        self.schema["format"].as_str().unwrap_or_default()
    }
}

/// All tables of a configuration, those of profiles left out: they are the same once more.
pub(crate) fn tables() -> Vec<Table> {
    let (mut found, properties) = (Vec::new(), &json_schema()["properties"]);
    walk(vec!["global".into()], &properties["global"], &mut found);
    let service = &properties["services"]["additionalProperties"];
    walk(vec!["services".into(), "NAME".into()], service, &mut found);
    found
}

fn walk(path: Vec<String>, schema: &'static Value, found: &mut Vec<Table>) {
    let (table, at) = (resolved(schema), found.len());
    let about = text(&schema["description"]).or_else(|| text(&table["description"]));
    let about = about.expect("a table is described");
    found.push(Table { path: path.clone(), about, settings: Vec::new() });
    for (key, schema) in table["properties"].as_object().expect("a table has settings") {
        let path: Vec<String> = path.iter().chain([key]).cloned().collect();
        let meant = resolved(schema);
        if meant["properties"].is_object() {
            walk(path, schema, found);
            continue;
        }
        let about = text(&schema["description"]).expect("a setting is described");
        let default = &schema["default"];
        found[at].settings.push(Setting { path, about, schema: meant, default });
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(|text| text.replace('\n', " "))
}

/// What a schema means behind its references, for a value that is there.
fn resolved(mut schema: &'static Value) -> &'static Value {
    loop {
        let inner = [&schema["$ref"], &schema["allOf"][0]["$ref"], &schema["anyOf"][0]["$ref"]];
        let Some(reference) = inner.into_iter().find_map(Value::as_str) else { return schema };
        let pointer = reference.trim_start_matches('#');
        schema = json_schema().pointer(pointer).expect("references lead somewhere");
    }
}
