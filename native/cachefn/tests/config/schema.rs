//! The schema that editors use is that of the types.

use cachefn::config::json_schema;

#[test]
fn the_schema_beside_the_crate_is_that_of_its_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/cachefn.schema.json");
    let wanted = serde_json::to_string_pretty(json_schema()).expect("JSON") + "\n";
    if std::env::var_os("CACHEFN_WRITE_SCHEMA").is_some() {
        std::fs::write(path, &wanted).expect("the file can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == wanted,
        "write it anew: CACHEFN_WRITE_SCHEMA=1 cargo test -p cachefn --test config schema"
    );
}

#[test]
fn every_setting_in_the_schema_is_described() {
    fn undescribed(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
        for (name, setting) in value["properties"].as_object().into_iter().flatten() {
            if setting["description"].is_null() {
                found.push(format!("{path}.{name}"));
            }
        }
    }
    let (schema, mut found) = (json_schema(), Vec::new());
    undescribed(schema, "", &mut found);
    let definitions = schema["definitions"].as_object().expect("definitions");
    assert!(definitions.len() > 8, "{definitions:?}");
    for (name, definition) in definitions {
        undescribed(definition, name, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}
