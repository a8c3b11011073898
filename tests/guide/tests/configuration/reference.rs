//! The reference as text: a table for each table of the file.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::settings::{Setting, Table, tables};

/// The part of the page that the types make, where these settings may change while a program runs.
pub(crate) fn written(changing: &BTreeSet<String>) -> String {
    let mut text = String::new();
    for table in tables() {
        section(&table, changing, &mut text);
    }
    text
}

fn section(table: &Table, changing: &BTreeSet<String>, text: &mut String) {
    let name = table.path.join(".");
    let prefix = format!("CACHEFN__{}__", table.path.join("__").to_uppercase());
    let about = &table.about;
    write!(text, "\n## `[{name}]`\n\n{about} Variables begin with `{prefix}`.\n\n").unwrap();
    text.push_str(
        "| setting | a value | unless it is said | reload | what |\n|---|---|---|---|---|\n",
    );
    for setting in &table.settings {
        let (about, unless) = said(setting);
        let reload = if changing.contains(&setting.path.join(".")) { "**yes**" } else { "no" };
        let (key, value) = (setting.key(), value(setting));
        writeln!(text, "| `{key}` | {value} | {unless} | {reload} | {about} |").unwrap();
    }
    let words = table.settings.iter().filter(|setting| !setting.words().is_empty());
    for setting in words {
        write!(text, "\n`{}` is one of\n\n", setting.key()).unwrap();
        for (word, about) in setting.words() {
            writeln!(text, "- `\"{word}\"`: {about}").unwrap();
        }
    }
}

/// What it means, and what holds unless it is said.
fn said(setting: &Setting) -> (String, String) {
    if let Some(default) = setting.default.as_str() {
        return (setting.about.clone(), format!("`\"{default}\"`"));
    }
    if !setting.default.is_null() {
        return (setting.about.clone(), format!("`{}`", setting.default));
    }
    match setting.about.strip_suffix(" unless said.").and_then(|about| about.rsplit_once("; ")) {
        Some((about, unless)) => (format!("{about}."), unless.into()),
        None => (setting.about.clone(), "–".into()),
    }
}

fn value(setting: &Setting) -> String {
    let least = setting.schema["minimum"].as_f64().unwrap_or_default();
    match setting.format() {
        "cachefn-duration" => "a time: `\"10m\"`".into(),
        "cachefn-bytes" => "a size: `\"64MiB\"`".into(),
        "cachefn-secret" => "a text, never shown".into(),
        _ if !setting.words().is_empty() => "a word, see below".into(),
        _ if setting.is("boolean") => "`true`, `false`".into(),
        _ if setting.is("integer") && least > 0.0 => format!("a number from {least}"),
        _ if setting.is("integer") => "a number".into(),
        _ if setting.is("number") => "a fraction: `0.1`".into(),
        _ if setting.is("string") => "a text".into(),
        format => panic!("{}: no words for {format}", setting.key()),
    }
}
