//! The format of a trace, as `tests/vectors/README.md` draws it.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trace {
    pub(crate) rules: Vec<String>,
    pub(crate) about: String,
    pub(crate) only_in: Option<Vec<String>>,
    pub(crate) cache: Settings,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) max_entries: usize,
    pub(crate) max_weight: Option<u64>,
    pub(crate) policy: Option<String>,
    pub(crate) ttl_ms: Option<Time>,
    pub(crate) tti_ms: Option<Time>,
    pub(crate) stale_while_revalidate_ms: Option<Time>,
    pub(crate) stale_if_error_ms: Option<Time>,
    pub(crate) negative_ttl_ms: Option<Time>,
    pub(crate) jitter: Option<f64>,
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Json>")]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) events: Events,
    /// Whether the events may come in any order.
    pub(crate) unordered: bool,
}

impl TryFrom<Map<String, Json>> for Step {
    type Error = serde_json::Error;

    /// Every step has these fields; what is left is the operation's, and must be known to it.
    fn try_from(mut fields: Map<String, Json>) -> Result<Self, Self::Error> {
        fields.remove("about");
        let events = fields.remove("events").map_or(Ok(Events::default()), Events::deserialize)?;
        let unordered = fields.remove("unordered").map_or(Ok(false), bool::deserialize)?;
        let operation = Operation::deserialize(Json::Object(fields))?;
        Ok(Step { operation, events, unordered })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Operation {
    Set {
        key: String,
        value: Value,
        weight: Option<u64>,
        ttl_ms: Option<Time>,
        tti_ms: Option<Time>,
        stale_while_revalidate_ms: Option<Time>,
        stale_if_error_ms: Option<Time>,
        #[serde(default)]
        tags: Vec<String>,
        expect: Option<TooHeavy>,
    },
    SetMany {
        entries: Vec<(String, Value)>,
        weight: Option<u64>,
        expect: Option<TooHeavy>,
    },
    SetIfAbsent {
        key: String,
        value: Value,
        weight: Option<u64>,
        expect: Stored<bool>,
    },
    Update {
        key: String,
        #[serde(deserialize_with = "stated")]
        value: Option<Value>,
        weight: Option<u64>,
        #[serde(default, deserialize_with = "seen")]
        sees: Option<Option<Value>>,
        #[serde(deserialize_with = "stated")]
        expect: Option<Stored<Value>>,
    },
    Get {
        key: String,
        #[serde(deserialize_with = "stated")]
        expect: Option<Value>,
    },
    GetMany {
        keys: Vec<String>,
        expect: Vec<Option<Value>>,
    },
    Peek {
        key: String,
        #[serde(deserialize_with = "stated")]
        expect: Option<Value>,
    },
    Has {
        key: String,
        expect: bool,
    },
    Delete {
        key: String,
        expect: bool,
    },
    DeleteMany {
        keys: Vec<String>,
        expect: usize,
    },
    Expire {
        key: String,
        expect: bool,
    },
    Purge {
        expect: usize,
    },
    Clear,
    InvalidateByTag {
        tag: String,
        #[serde(default)]
        mode: Mode,
    },
    InvalidateByTags {
        tags: Vec<String>,
    },
    InvalidateByPattern {
        pattern: Patterns,
        #[serde(default)]
        mode: Mode,
        expect: usize,
    },
    Keys {
        pattern: Option<Patterns>,
        expect: Vec<String>,
    },
    Entries {
        pattern: Option<Patterns>,
        limit: Option<usize>,
        expect: Entries,
    },
    Len {
        expect: usize,
    },
    Stats {
        expect: Map<String, Json>,
    },
    ResetStats,
    Advance {
        ms: u64,
    },
    GetOrFetch(Box<GetOrFetch>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetOrFetch {
    pub(crate) key: String,
    pub(crate) ttl_ms: Option<Time>,
    pub(crate) tti_ms: Option<Time>,
    pub(crate) stale_while_revalidate_ms: Option<Time>,
    pub(crate) stale_if_error_ms: Option<Time>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    pub(crate) late_ttl_ms: Option<Time>,
    pub(crate) late_tag: Option<String>,
    #[serde(default)]
    pub(crate) skips: bool,
    #[serde(default, deserialize_with = "seen")]
    pub(crate) previous: Option<Option<Value>>,
    pub(crate) fetched: Option<Value>,
    pub(crate) weight: Option<u64>,
    #[serde(default)]
    pub(crate) fails: bool,
    #[serde(default)]
    pub(crate) during: Vec<Step>,
    #[serde(deserialize_with = "stated")]
    pub(crate) expect: Option<Value>,
}

/// A value: a whole number, or the one that stands for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Number(i64),
    Nothing(Nothing),
}

impl Value {
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Value::Number(number) => Some(number),
            Value::Nothing(_) => None,
        }
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Value::Nothing(Nothing::Nothing), Value::Number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Nothing {
    Nothing,
}

/// A write that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TooHeavy {
    TooHeavy,
}

/// What a write answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Stored<T> {
    Answer(T),
    Refused(TooHeavy),
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    #[default]
    Remove,
    Expire,
}

/// One pattern or a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Patterns {
    One(String),
    List(Vec<String>),
}

/// Entries, sorted by key, or how many.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entries {
    These(Vec<(String, Value)>),
    SoMany(usize),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum Time {
    Milliseconds(f64),
    Endless(Endless),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Endless {
    Endless,
}

/// The events that a step causes.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Events {
    These(Vec<Seen>),
    Any(Any),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Any {
    Any,
}

impl Default for Events {
    fn default() -> Self {
        Events::These(Vec::new())
    }
}

/// One event: kind, key, cause, count, without the `null`s at its end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub(crate) struct Seen(pub(crate) Vec<Part>);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Text(String),
    Count(u64),
    Nothing(()),
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Text(text) => write!(f, "{text:?}"),
            Part::Count(count) => write!(f, "{count}"),
            Part::Nothing(()) => f.write_str("null"),
        }
    }
}

/// An answer that must be stated even where it is nothing.
fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// Something that may be stated, perhaps to be nothing.
fn seen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Value>>, D::Error> {
    Option::deserialize(from).map(Some)
}
