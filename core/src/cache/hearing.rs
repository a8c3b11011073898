//! What other caches say, and what that does to memory. The storage is theirs as well: nothing is done to it.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::bounds::{CacheKey, CacheValue};
use super::inner::Inner;
use super::peers::{Peers, scope};
use crate::bus::{Hear, Invalidation, Message, Notice};
use crate::cause::Cause;
use crate::glob::Glob;
use crate::options::Mode;

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// Begins to hear, as long as the cache lives.
    pub(super) fn begin_to_hear(&self) {
        let Some(peers) = &self.peers else { return };
        let cache = self.this.clone();
        let hear: Hear = Arc::new(move |notice| {
            if let Some(inner) = cache.upgrade() {
                inner.hear(notice);
            }
        });
        peers.hears_by(Some(peers.bus.subscribe(hear)));
    }

    /// Does what somebody says. When it returns, no read of memory finds what is not valid any more, and
    /// what was being loaded or promoted meanwhile is not stored.
    fn hear(&self, notice: Notice) {
        let Some(peers) = self.peers.as_deref().filter(|_| self.is_open()) else { return };
        match notice {
            Notice::Lost => peers.lose(self.memory.mono_ms()),
            Notice::Restored => {
                peers.count_upheaval();
                self.forget_tokens();
                self.memory.clear();
                peers.restore();
                self.tell_later();
            }
            Notice::Message(message) if message.origin == peers.origin => {}
            Notice::Message(message) => self.obey(peers, message),
        }
    }

    fn obey(&self, peers: &Peers<K>, Message { namespace, what, .. }: Message) {
        let is_own = *namespace == *peers.namespace;
        let concerns = match &what {
            Invalidation::Keys(_) | Invalidation::Patterns(..) => is_own,
            Invalidation::Tags(..) => scope(&namespace) == peers.scope(),
            Invalidation::Everything => is_own || is_below(&peers.namespace, &namespace),
        };
        if !concerns {
            return;
        }
        peers.count_heard();
        match what {
            Invalidation::Keys(texts) => self.forget_texts(peers, texts),
            Invalidation::Tags(tags, mode) => {
                peers.count_upheaval();
                self.forget_tokens();
                let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
                self.memory.forget_tags(&tags, mode);
            }
            Invalidation::Patterns(patterns, mode) => self.forget_matching(peers, &patterns, mode),
            Invalidation::Everything => self.forget_everything(peers),
        }
    }

    fn forget_everything(&self, peers: &Peers<K>) {
        peers.count_upheaval();
        self.forget_tokens();
        self.memory.clear();
    }

    /// Others have replaced tokens: to remember the old ones costs a write.
    fn forget_tokens(&self) {
        if let Some(storage) = &self.tier {
            storage.forget_tokens();
        }
    }

    fn forget_texts(&self, peers: &Peers<K>, texts: Vec<String>) {
        peers.landings.overtake(|text| texts.iter().any(|told| told == text));
        let mut unread = BTreeSet::new();
        for text in texts {
            match (peers.texts.read)(&text) {
                Some(key) => self.memory.forget(&key),
                None => drop(unread.insert(text)),
            }
        }
        if unread.is_empty() {
            return;
        }
        let mut text = String::new();
        self.memory.forget_where(Cause::Deleted, Mode::Remove, |key| {
            text.clear();
            (peers.texts.write)(key, &mut text);
            unread.contains(&text)
        });
    }

    fn forget_matching(&self, peers: &Peers<K>, patterns: &[String], mode: Mode) {
        let globs: Result<Vec<Glob>, _> =
            patterns.iter().map(|pattern| Glob::new(pattern)).collect();
        let Ok(globs) = globs else {
            // Whoever speaks another language of patterns means something here, perhaps anything.
            peers.count_failure();
            self.memory.tell_failure(Cause::BusFailed);
            return self.forget_everything(peers);
        };
        peers.landings.overtake(|text| globs.iter().any(|glob| glob.matches(text)));
        self.forget_globs(peers, &globs, mode);
    }

    pub(super) fn forget_globs(&self, peers: &Peers<K>, globs: &[Glob], mode: Mode) {
        let mut text = String::new();
        self.memory.forget_where(Cause::Pattern, mode, |key| {
            text.clear();
            (peers.texts.write)(key, &mut text);
            globs.iter().any(|glob| glob.matches(&text))
        });
    }

    /// Memory as a read may use it while messages may be missed: it is emptied whenever it was trusted
    /// for long enough.
    #[cold]
    #[inline(never)]
    pub(super) fn distrust(&self) {
        let Some(peers) = &self.peers else { return };
        let (until, now) = (peers.trusted_until(), self.memory.mono_ms());
        if now >= until {
            peers.count_upheaval();
            self.memory.forget_all();
            peers.trust_from(until, now);
        }
    }
}

/// Whether a namespace belongs to what has this name.
fn is_below(namespace: &str, name: &str) -> bool {
    namespace.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
}
