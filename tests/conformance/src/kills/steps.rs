//! What the process does that is killed, and what its storage should hold then: both follow from a seed.

use std::collections::BTreeMap;

use cachefn_core::Token;

use crate::random::Random;

/// One step; which one comes when is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Set(usize, Content),
    Delete(usize),
    Invalidate(usize, u64),
    Flush,
}

/// A record: so many bytes, drawn from a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    seed: u64,
    length: usize,
}

/// Steps without an end.
pub(super) struct Steps(Random);

impl Steps {
    pub(super) fn new(seed: u64) -> Self {
        Steps(Random(seed))
    }
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let random = &mut self.0;
        let name = random.index(NAMES);
        Some(match random.index(100) {
            0..10 => Step::Flush,
            10..25 => Step::Delete(name),
            25..27 => Step::Invalidate(name % TAGS, random.draw()),
            kind => {
                let length = if kind < 30 { random.index(150_000) } else { random.index(700) };
                Step::Set(name, Content { seed: random.draw(), length })
            }
        })
    }
}

impl Step {
    /// Whether it is known to survive once it has returned: with all before it.
    pub(super) fn is_acknowledged(self) -> bool {
        matches!(self, Step::Flush | Step::Invalidate(..))
    }
}

impl Content {
    pub(super) fn bytes(self) -> Vec<u8> {
        let mut random = Random(self.seed);
        let numbers = (0..self.length.div_ceil(8)).flat_map(|_| random.draw().to_le_bytes());
        numbers.take(self.length).collect()
    }
}

/// What the storage should hold.
#[derive(Debug, Default)]
pub(super) struct Model {
    records: BTreeMap<usize, Content>,
    tokens: BTreeMap<usize, u64>,
}

/// Names and bytes.
pub(super) type Entries = BTreeMap<String, Vec<u8>>;

impl Model {
    pub(super) fn make(&mut self, step: Step) {
        match step {
            Step::Set(name, content) => drop(self.records.insert(name, content)),
            Step::Delete(name) => drop(self.records.remove(&name)),
            Step::Invalidate(name, token) => drop(self.tokens.insert(name, token)),
            Step::Flush => (),
        }
    }

    pub(super) fn entries(&self) -> Entries {
        let records = self.records.iter().map(|(name, content)| (record(*name), content.bytes()));
        let tokens = self.tokens.iter().map(|(name, bits)| (tag(*name), token(*bits).0.to_vec()));
        records.chain(tokens).collect()
    }
}

/// All names that a step may concern.
pub(super) fn names() -> impl Iterator<Item = String> {
    (0..NAMES).map(record).chain((0..TAGS).map(tag))
}

pub(super) fn record(name: usize) -> String {
    format!("users:{name}")
}

pub(super) fn tag(name: usize) -> String {
    format!("%t:users:{name}")
}

pub(super) fn token(bits: u64) -> Token {
    let mut token = [0; 16];
    token[..8].copy_from_slice(&bits.to_le_bytes());
    token[8..].copy_from_slice(&bits.to_be_bytes());
    Token(token)
}

const NAMES: usize = 60;
const TAGS: usize = 5;
