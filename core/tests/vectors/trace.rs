//! The format of a trace, as `tests/vectors/README.md` draws it.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

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
    pub(crate) policy: Option<String>,
    pub(crate) ttl_ms: Option<Ttl>,
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) events: Events,
    /// Whether the events may come in any order.
    pub(crate) unordered: bool,
}

impl TryFrom<Map<String, Value>> for Step {
    type Error = serde_json::Error;

    /// Every step has these fields; what is left is the operation's, and must be known to it.
    fn try_from(mut fields: Map<String, Value>) -> Result<Self, Self::Error> {
        fields.remove("about");
        let events = fields.remove("events").map_or(Ok(Events::default()), Events::deserialize)?;
        let unordered = fields.remove("unordered").map_or(Ok(false), bool::deserialize)?;
        let operation = Operation::deserialize(Value::Object(fields))?;
        Ok(Step { operation, events, unordered })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Operation {
    Set {
        key: String,
        value: i64,
        ttl_ms: Option<Ttl>,
        #[serde(default)]
        tags: Vec<String>,
    },
    Get {
        key: String,
        #[serde(deserialize_with = "stated")]
        expect: Option<i64>,
    },
    Peek {
        key: String,
        #[serde(deserialize_with = "stated")]
        expect: Option<i64>,
    },
    Has {
        key: String,
        expect: bool,
    },
    Delete {
        key: String,
        expect: bool,
    },
    Clear,
    InvalidateByTag {
        tag: String,
    },
    InvalidateByPattern {
        pattern: String,
        expect: usize,
    },
    Keys {
        pattern: Option<String>,
        expect: Vec<String>,
    },
    Len {
        expect: usize,
    },
    Stats {
        expect: Map<String, Value>,
    },
    Advance {
        ms: u64,
    },
    GetOrFetch {
        key: String,
        ttl_ms: Option<Ttl>,
        #[serde(default)]
        tags: Vec<String>,
        fetched: Option<i64>,
        #[serde(default)]
        fails: bool,
        #[serde(default)]
        during: Vec<Step>,
        #[serde(deserialize_with = "stated")]
        expect: Option<i64>,
    },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum Ttl {
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
fn stated<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Option::deserialize(from)
}
