//! How much room a write finds.

/// The limits of the cache, and what other shards hold of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) max_entries: usize,
    pub(super) max_weight: u64,
    /// Entries in other shards, and what they weigh.
    pub(super) elsewhere: usize,
    pub(super) weight_elsewhere: u64,
    /// A shard below its share lets another shard's entry go.
    pub(super) share: usize,
    pub(super) weight_share: u64,
}

impl Room {
    /// Whether one of the shard's `len` entries, which weigh `own`, must leave for one of `weight`.
    #[inline]
    pub(super) fn is_full(self, len: usize, own: u64, weight: u64) -> bool {
        if len == 0 {
            return false;
        }
        let crowded = self.elsewhere + len >= self.max_entries && len >= self.share;
        // What the shard's own entries leave too little room for, other shards cannot make up for.
        let own_part = own > self.weight_share || own.saturating_add(weight) > self.max_weight;
        crowded || (own_part && self.is_overweight(own.saturating_add(weight)))
    }

    /// Whether the shard, at this weight, makes the cache too heavy.
    #[inline]
    pub(super) fn is_overweight(self, own: u64) -> bool {
        self.weight_elsewhere.saturating_add(own) > self.max_weight
    }
}
