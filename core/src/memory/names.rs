//! The names of tags: text in, the engine's numbers out.

use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use crate::engine::Engine;
use crate::hash::KeyHasher;
use crate::index::Index;

/// Room for so many names is kept when none is left.
const KEPT: usize = 1024;

/// Holds exactly the names of tags that some entry carries.
#[derive(Debug)]
pub(super) struct TagNames {
    hasher: KeyHasher,
    index: Index,
    names: Vec<Name>,
    /// How many of the names are in use.
    len: u32,
}

#[derive(Debug, Default)]
struct Name {
    text: Box<str>,
    hash: u32,
}

impl TagNames {
    pub(super) fn new(hasher: KeyHasher) -> Self {
        TagNames { hasher, index: Index::new(), names: Vec::new(), len: 0 }
    }

    /// The number of a tag that some entry carries.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash(text).engine();
        self.index.find(hash, |tag| *self.names[tag as usize].text == *text)
    }

    /// The number of a tag, a new one if need be; it must be attached next.
    pub(super) fn intern(
        &mut self,
        engine: &mut Engine,
        text: &str,
    ) -> Result<u32, TryReserveError> {
        if let Some(tag) = self.find(text) {
            return Ok(tag);
        }
        let names = &self.names;
        self.index.reserve(self.len + 1, |tag| names[tag as usize].hash)?;
        self.names.try_reserve(1)?;
        let tag = engine.create_tag()?;
        let name = Name { text: text.into(), hash: self.hasher.hash(text).engine() };
        if tag as usize == self.names.len() {
            self.names.push(name);
        } else {
            self.names[tag as usize] = name;
        }
        let names = &self.names;
        self.index.insert(tag, |tag| names[tag as usize].hash);
        self.len += 1;
        Ok(tag)
    }

    /// How many bytes are allocated, about.
    pub(super) fn memory(&self) -> usize {
        let texts: usize = self.names.iter().map(|name| name.text.len()).sum();
        self.index.memory() + self.names.capacity() * size_of::<Name>() + texts
    }

    /// Forgets a tag that no entry carries any more.
    pub(super) fn forget(&mut self, tag: u32) {
        let hash = core::mem::take(&mut self.names[tag as usize]).hash;
        let names = &self.names;
        self.index.remove(hash, tag, |tag| names[tag as usize].hash);
        self.len -= 1;
        if self.len == 0 && self.names.len() > KEPT {
            (self.index, self.names) = (Index::new(), Vec::new());
        }
    }
}
