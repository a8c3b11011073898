//! A failure as a trace in the format of `tests/vectors/traces`.

use super::operation::{ENDLESS, Entry, Face, Life, Operation, Settings, Way};
use super::run::{Answer, Failure, Step};

/// The fault, and a file that shows it.
pub(crate) fn trace(settings: &Settings, failure: &Failure) -> String {
    let face = match settings.face {
        Face::Sharded => "sharded",
        Face::Unsync => "unsync",
    };
    let weight =
        settings.max_weight.map_or(String::new(), |most| format!(", \"max_weight\": {most}"));
    let life = life(settings.life);
    format!(
        "{}\n{{\n  \"rules\": [\"S…\"],\n  \"about\": \"…\",\n  \"only_in\": [\"{face}\"],\n  \
         \"cache\": {{\"max_entries\": {}, \"policy\": \"{}\", \"seed\": {}{weight}{life}}},\n  \
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
        Operation::SetIfAbsent(key) => {
            format!("{}, {}, \"value\": {}", op("set_if_absent"), text("key", key), step.value)
        }
        Operation::Update { key, removes: true } => {
            format!("{}, {}, \"value\": null", op("update"), text("key", key))
        }
        Operation::Update { key, removes: false } => {
            format!("{}, {}, \"value\": {}", op("update"), text("key", key), step.value)
        }
        Operation::Expire(key) => format!("{}, {}", op("expire"), text("key", key)),
        Operation::Delete(key) => format!("{}, {}", op("delete"), text("key", key)),
        Operation::Clear => op("clear"),
        Operation::Purge => op("purge"),
        Operation::InvalidateByTag(tag, way) => {
            format!("{}, {}{}", op("invalidate_by_tag"), text("tag", tag), mode(*way))
        }
        Operation::InvalidateByPattern(pattern, way) => {
            format!("{}, {}{}", op("invalidate_by_pattern"), text("pattern", pattern), mode(*way))
        }
        Operation::Keys(pattern) => format!("{}, {}", op("keys"), text("pattern", pattern)),
        Operation::Entries(pattern, limit) => {
            format!("{}, {}, \"limit\": {limit}", op("entries"), text("pattern", pattern))
        }
        Operation::Len => op("len"),
        Operation::Advance(ms) => format!("{}, \"ms\": {ms}", op("advance")),
        Operation::GetOrFetch { key, entry, late, fails, .. } => {
            let mut said = late.ttl.map_or(String::new(), |ttl| ms("late_ttl_ms", ttl));
            if let Some(tag) = late.tag {
                said += &format!(", {}", text("late_tag", tag));
            }
            if late.skips {
                said += ", \"skips\": true";
            }
            let start =
                format!("{}, {}{}", op("get_or_fetch"), text("key", key), options(entry) + &said);
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
        Answer::TooHeavy => ", \"expect\": \"too-heavy\"".into(),
        Answer::Entries(entries) => {
            let pairs = entries.iter().map(|(key, value)| format!("[{key:?}, {value}]"));
            format!(", \"expect\": [{}]", pairs.collect::<Vec<_>>().join(", "))
        }
        Answer::Keys(keys) => format!(", \"expect\": {keys:?}"), // keys hold nothing to escape
    }
}

fn options(entry: &Entry) -> String {
    match &*entry.tags {
        [] => life(entry.life),
        tags => format!("{}, \"tags\": {tags:?}", life(entry.life)),
    }
}

fn life(life: Life) -> String {
    let words = [
        ("ttl_ms", life.ttl),
        ("tti_ms", life.tti),
        ("stale_while_revalidate_ms", life.stale_while_revalidate),
        ("stale_if_error_ms", life.stale_if_error),
    ];
    words.iter().filter_map(|(name, time)| Some(ms(name, (*time)?))).collect()
}

fn ms(name: &str, ms: u64) -> String {
    if ms == ENDLESS { format!(", \"{name}\": \"endless\"") } else { format!(", \"{name}\": {ms}") }
}

fn mode(way: Way) -> &'static str {
    match way {
        Way::Remove => "",
        Way::Expire => ", \"mode\": \"expire\"",
    }
}

fn op(name: &str) -> String {
    text("op", name)
}

fn text(name: &str, value: &str) -> String {
    format!("\"{name}\": {value:?}")
}
