//! `tests/vectors/records/index.json`: what each file beside it is, or why it is nothing.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cachefn_core::{Record, RecordTag, Token};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    #[serde(rename = "about")]
    _about: String,
    #[serde(rename = "rules")]
    _rules: Vec<String>,
    pub(crate) cases: Vec<Case>,
    pub(crate) errors: Vec<Fault>,
    pub(crate) damaged: Vec<Damaged>,
}

/// A file that is a record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) file: String,
    #[serde(rename = "about")]
    _about: String,
    /// Its bytes are not the only ones for the record.
    #[serde(default)]
    pub(crate) compressed: bool,
    record: Described,
}

/// A file that is none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) file: String,
    #[serde(rename = "about")]
    _about: String,
    pub(crate) why: Why,
}

/// The word in an error's text that tells it from others.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Why {
    Foreign,
    Version,
    Flags,
    Checksum,
    Short,
    Number,
    Option,
    Text,
    Length,
    Block,
}

impl Why {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Why::Foreign => "not a record",
            Why::Version => "has format version",
            Why::Flags => "flags that are not known",
            Why::Checksum => "its checksum is another",
            Why::Short => "ends before it is complete",
            Why::Number => "bits|longer than it needs to be",
            Why::Option => "neither there nor absent",
            Why::Text => "no text",
            Why::Length => "another length than it says",
            Why::Block => "cannot be decompressed",
        }
    }

    /// Whether it takes decompression to see it.
    pub(crate) fn is_compression(self) -> bool {
        matches!(self, Why::Length | Why::Block)
    }
}

/// A file to be damaged in every way.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Damaged {
    pub(crate) file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    codec: u8,
    schema: u32,
    created: String,
    fresh_for: String,
    revalidates_for: String,
    bridges_for: String,
    idle_for: String,
    name: Content,
    namespace_token: String,
    tags: Vec<Tag>,
    payload: Content,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    name: String,
    remove: String,
    expire: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    Text(String),
    Hex(String),
    Repeat { before: String, text: String, times: usize, after: String },
}

impl Case {
    /// What the file must be read as.
    pub(crate) fn record(&self) -> Record {
        let described = &self.record;
        Record {
            codec: described.codec,
            schema: described.schema,
            created: number(&described.created),
            fresh_for: time(&described.fresh_for),
            revalidates_for: number(&described.revalidates_for),
            bridges_for: number(&described.bridges_for),
            idle_for: time(&described.idle_for),
            name: described.name.bytes().into(),
            namespace_token: token(&described.namespace_token),
            tags: described.tags.iter().map(Tag::tag).collect(),
            payload: described.payload.bytes().into(),
        }
    }
}

impl Tag {
    fn tag(&self) -> RecordTag {
        let (remove, expire) = (token(&self.remove), token(&self.expire));
        RecordTag { name: self.name.as_str().into(), remove, expire }
    }
}

impl Content {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Content::Text(text) => text.as_bytes().to_vec(),
            Content::Hex(digits) => unhex(digits),
            Content::Repeat { before, text, times, after } => {
                format!("{before}{}{after}", text.repeat(*times)).into_bytes()
            }
        }
    }
}

fn time(text: &str) -> u64 {
    if text == "always" { u64::MAX } else { number(text) }
}

fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or_else(|error| panic!("{digits:?}: {error}"))
}

fn token(digits: &str) -> Token {
    Token::read(&unhex(digits)).expect("a token has 16 bytes")
}

/// The bytes that pairs of digits stand for, whatever lies between the pairs.
pub(crate) fn unhex(digits: &str) -> Vec<u8> {
    let digits: String = digits.split_whitespace().collect();
    let pairs = (0..digits.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("a pair of digits")).collect()
}

pub(crate) fn read_index() -> Index {
    serde_json::from_slice(&read_file("index.json")).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn read_file(name: &str) -> Bytes {
    fs::read(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}")).into()
}

/// The names of all records, sorted.
pub(crate) fn list() -> Vec<String> {
    let entries = fs::read_dir(root()).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("a file").file_name().into_string());
    let mut names: Vec<String> = names.map(|name| name.expect("names are Unicode")).collect();
    names.retain(|name| name != "index.json");
    names.sort();
    names
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/records")
}
