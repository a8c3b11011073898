//! Matches the texts of many keys against a list of patterns, with one buffer.

use alloc::string::String;

use crate::glob::Glob;
use crate::key::KeyText;

pub(super) struct Matcher<'a> {
    patterns: &'a [Glob],
    text: String,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(patterns: &'a [Glob]) -> Self {
        Matcher { patterns, text: String::new() }
    }

    pub(super) fn matches<K: KeyText>(&mut self, key: &K) -> bool {
        self.text.clear();
        key.write_text(&mut self.text);
        self.patterns.iter().any(|pattern| pattern.matches(&self.text))
    }
}
