//! How keys become integers: one seeded hasher per cache.

use core::hash::{BuildHasher, Hash};
use foldhash::SharedSeed;
use foldhash::fast::{RandomState, SeedableRandomState};

/// Hashes keys with a seed of its own, so that colliding keys cannot be prepared from outside.
#[derive(Debug, Clone)]
pub(crate) struct KeyHasher {
    state: SeedableRandomState,
}

impl KeyHasher {
    /// A fixed seed makes evictions repeatable; without one the seed is random.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let state = match seed {
            Some(seed) => SeedableRandomState::with_seed(seed, SharedSeed::global_fixed()),
            None => {
                let seed = RandomState::default().hash_one(0_u64);
                SeedableRandomState::with_seed(seed, SharedSeed::global_random())
            }
        };
        KeyHasher { state }
    }

    #[inline]
    pub(crate) fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> KeyHash {
        KeyHash(self.state.hash_one(key))
    }
}

/// A key's hash: the upper half is the engine's, the lower half picks the shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyHash(u64);

impl KeyHash {
    /// All of it.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn whole(self) -> u64 {
        self.0
    }

    #[inline]
    pub(crate) fn engine(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn shard(self, mask: usize) -> usize {
        self.0 as usize & mask
    }
}
