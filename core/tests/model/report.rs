//! A failure as a trace in the format of `tests/vectors/traces`.

use super::operation::{ENDLESS, Entry, Face, Operation, Settings};
use super::run::{Answer, Failure, Step};

/// The fault, and a file that shows it.
pub(crate) fn trace(settings: &Settings, failure: &Failure) -> String {
    let face = match settings.face {
        Face::Sharded => "sharded",
        Face::Unsync => "unsync",
    };
    let ttl = settings.ttl_ms.map_or(String::new(), |ttl| format!(", {}", milliseconds(ttl)));
    format!(
        "{}\n{{\n  \"rules\": [\"S…\"],\n  \"about\": \"…\",\n  \"only_in\": [\"{face}\"],\n  \
         \"cache\": {{\"max_entries\": {}, \"policy\": \"{}\", \"seed\": {}{ttl}}},\n  \
         \"steps\": [{}\n  ]\n}}\n",
        failure.fault,
        settings.max_entries,
        settings.policy,
        settings.seed,
        steps(&failure.steps, 4),
    )
}

fn steps(steps: &[Step], indent: usize) -> String {
    let lines = steps.iter().map(|step| format!("\n{:indent$}{}", "", one(step, indent)));
    lines.collect::<Vec<_>>().join(",")
}

fn one(step: &Step, indent: usize) -> String {
    let fields = match &step.operation {
        Operation::Get(key) => format!("{}, {}", op("get"), text("key", key)),
        Operation::Peek(key) => format!("{}, {}", op("peek"), text("key", key)),
        Operation::Has(key) => format!("{}, {}", op("has"), text("key", key)),
        Operation::Set { key, entry } => {
            let value = step.value;
            format!("{}, {}, \"value\": {value}{}", op("set"), text("key", key), options(entry))
        }
        Operation::Delete(key) => format!("{}, {}", op("delete"), text("key", key)),
        Operation::Clear => op("clear"),
        Operation::InvalidateByTag(tag) => {
            format!("{}, {}", op("invalidate_by_tag"), text("tag", tag))
        }
        Operation::InvalidateByPattern(pattern) => {
            format!("{}, {}", op("invalidate_by_pattern"), text("pattern", pattern))
        }
        Operation::Keys(pattern) => format!("{}, {}", op("keys"), text("pattern", pattern)),
        Operation::Len => op("len"),
        Operation::Advance(ms) => format!("{}, \"ms\": {ms}", op("advance")),
        Operation::GetOrFetch { key, entry, fails, .. } => {
            let start = format!("{}, {}{}", op("get_or_fetch"), text("key", key), options(entry));
            let fetched = if *fails {
                "\"fails\": true".into()
            } else {
                format!("\"fetched\": {}", step.value)
            };
            match &*step.during {
                [] => format!("{start}, {fetched}"),
                during => {
                    let during = steps(during, indent + 2);
                    format!("{start}, {fetched}, \"during\": [{during}\n{:indent$}]", "")
                }
            }
        }
    };
    format!("{{{fields}{}, \"events\": \"any\"}}", expect(&step.expect))
}

fn expect(answer: &Answer) -> String {
    match answer {
        Answer::Nothing => String::new(),
        Answer::Value(None) => ", \"expect\": null".into(),
        Answer::Value(Some(value)) => format!(", \"expect\": {value}"),
        Answer::Flag(flag) => format!(", \"expect\": {flag}"),
        Answer::Count(count) => format!(", \"expect\": {count}"),
        Answer::Keys(keys) => format!(", \"expect\": {keys:?}"), // keys hold nothing to escape
    }
}

fn options(entry: &Entry) -> String {
    let ttl = entry.ttl_ms.map_or(String::new(), |ttl| format!(", {}", milliseconds(ttl)));
    match &*entry.tags {
        [] => ttl,
        tags => format!("{ttl}, \"tags\": {tags:?}"),
    }
}

fn milliseconds(ttl: u64) -> String {
    if ttl == ENDLESS { "\"ttl_ms\": \"endless\"".into() } else { format!("\"ttl_ms\": {ttl}") }
}

fn op(name: &str) -> String {
    text("op", name)
}

fn text(name: &str, value: &str) -> String {
    format!("\"{name}\": {value:?}")
}
