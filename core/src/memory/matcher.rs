//! Matches the texts of many keys against one pattern, with one buffer.

use alloc::string::String;
use alloc::vec::Vec;

use crate::glob::Glob;
use crate::key::KeyText;

pub(super) struct Matcher<'a> {
    pattern: &'a Glob,
    text: String,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(pattern: &'a Glob) -> Self {
        Matcher { pattern, text: String::new() }
    }

    pub(super) fn matches<K: KeyText>(&mut self, key: &K) -> bool {
        self.text.clear();
        key.write_text(&mut self.text);
        self.pattern.matches(&self.text)
    }

    /// The slots of the keys that match.
    pub(super) fn slots<'k, K: KeyText + 'k>(
        &mut self,
        keys: impl Iterator<Item = (u32, &'k K)>,
    ) -> Vec<u32> {
        keys.filter_map(|(slot, key)| self.matches(key).then_some(slot)).collect()
    }
}
