//! Checks the settings of a memory cache, once, when it is built.

use alloc::format;
use alloc::string::String;

use super::builder::{Builder, DEFAULT_MAX_ENTRIES};
use super::changeable::Changeable;
use super::settings::{Face, Settings};
use crate::engine::MAX_ENTRIES;
use crate::error::{Error, ErrorKind};

impl<C: Face> Builder<C> {
    /// Checks what does not depend on the face, for `shards` shards.
    pub(super) fn settings(&mut self, shards: usize) -> Result<Settings<C>, Error> {
        let largest = MAX_ENTRIES.saturating_mul(shards);
        let max_entries = match (self.max_entries, self.max_weight) {
            (None, Some(_)) => largest,
            (entries, _) => entries.unwrap_or(DEFAULT_MAX_ENTRIES),
        };
        if max_entries == 0 {
            return Err(config("max_entries is 0; allow 1 entry at least, or do not cache".into()));
        }
        if max_entries > largest {
            return Err(config(format!("max_entries is {max_entries}; {largest} is the most")));
        }
        match (self.max_weight, &self.weigher) {
            (Some(0), _) => {
                Err(config("max_weight is 0; allow a weight of 1 at least, or do not cache".into()))
            }
            (Some(_), None) => Err(config(
                "max_weight needs a weigher; give one, such as byte_weight for texts and bytes"
                    .into(),
            )),
            (None, Some(_)) => {
                Err(config("a weigher needs max_weight; say what is allowed".into()))
            }
            _ => Ok(()),
        }?;
        if !(0.0..=1.0).contains(&self.jitter) {
            let jitter = self.jitter;
            return Err(config(format!("jitter is {jitter}; it is a part between 0 and 1")));
        }
        if let (Some(ttl), Some(tti)) = (self.ttl, self.tti) {
            if tti > ttl {
                let detail =
                    format!("tti {tti:?} is longer than ttl {ttl:?}, so it would never end");
                return Err(config(detail));
            }
        }
        let everlasting = self.ttl.is_none()
            && self.is_here_for_good()
            && self.tti.is_none()
            && self.negative.is_none()
            && self.stale_while_revalidate.is_none()
            && self.stale_if_error.is_none();
        Ok(Settings {
            max_entries,
            max_weight: self.max_weight.unwrap_or(u64::MAX),
            plain: everlasting && self.weigher.is_none(),
            weigher: self.weigher.take(),
            ttl: Changeable::new(self.ttl),
            #[cfg(feature = "std")]
            memory_ttl: Changeable::new(self.memory_ttl),
            tti: self.tti,
            jitter: (self.jitter * 65_536.0) as u32,
            stale_while_revalidate: self.stale_while_revalidate,
            stale_if_error: self.stale_if_error,
            negative: self.negative,
            #[cfg(feature = "std")]
            load_timeout: self.load_timeout,
            fetcher: self.fetcher.take(),
            everlasting,
        })
    }

    /// Whether what lives for ever is for ever in this memory.
    fn is_here_for_good(&self) -> bool {
        #[cfg(feature = "std")]
        return self.memory_ttl.is_none();
        #[cfg(not(feature = "std"))]
        true
    }

    /// For how many entries a shard's policy plans, before the cache has been full.
    pub(super) fn expected_entries(&self, settings: &Settings<C>, shards: usize) -> u32 {
        let planned = if self.max_entries.is_some() || self.max_weight.is_none() {
            settings.max_entries / shards
        } else {
            self.initial_capacity / shards
        };
        planned.clamp(1, MAX_ENTRIES) as u32
    }
}

fn config(detail: String) -> Error {
    Error::new(ErrorKind::Config, "build", detail)
}
