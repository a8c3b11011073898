//! How much room a write finds.

/// What the limits of the cache leave to one shard, for one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// With so many entries one of the shard's must leave.
    pub(super) full_at: usize,
    /// Above this weight of its own too.
    pub(super) heavy_above: u64,
    /// What the shard may weigh with the value.
    pub(super) most: u64,
    /// What one entry may weigh.
    pub(super) max_weight: u64,
}

/// The limits of a cache, and what is in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) max_entries: usize,
    pub(super) max_weight: u64,
    /// Whether weights count at all.
    pub(super) weighted: bool,
    /// Entries in other shards, and what they weigh.
    pub(super) elsewhere: usize,
    pub(super) weight_elsewhere: u64,
    /// A shard below its share lets another shard's entry go.
    pub(super) share: usize,
    pub(super) weight_share: u64,
}

impl Limits {
    /// With so many entries one of the shard's must leave.
    #[inline]
    pub(super) fn full_at(self) -> usize {
        self.max_entries.saturating_sub(self.elsewhere).max(self.share).max(1)
    }

    /// The room for a value of this weight.
    #[inline]
    pub(super) fn room(self, weight: u64) -> Room {
        let (max_weight, full_at) = (self.max_weight, self.full_at());
        if !self.weighted {
            return Room { full_at, heavy_above: u64::MAX, most: u64::MAX, max_weight };
        }
        let most = max_weight.saturating_sub(self.weight_elsewhere);
        // What the shard's own entries leave too little room for, other shards cannot make up for.
        let own = self.weight_share.min(max_weight.saturating_sub(weight));
        Room { full_at, heavy_above: most.saturating_sub(weight).max(own), most, max_weight }
    }
}

impl Room {
    /// Whether one of the shard's `len` entries, which weigh `own`, must leave first.
    #[inline]
    pub(super) fn is_full(self, len: usize, own: u64) -> bool {
        len >= self.full_at || own > self.heavy_above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_full_at_its_share_of_a_full_cache_and_never_while_it_is_empty() {
        let limits = Limits {
            max_entries: 100,
            max_weight: 1_000,
            weighted: true,
            elsewhere: 60,
            weight_elsewhere: 300,
            share: 25,
            weight_share: 250,
        };
        let full = |limits: Limits, weight, len, own| limits.room(weight).is_full(len, own);
        assert!(!full(limits, 1, 39, 0) && full(limits, 1, 40, 0));
        let crowded = Limits { elsewhere: 100, ..limits };
        assert!(!full(crowded, 1, 24, 0) && full(crowded, 1, 25, 0));
        assert!(!full(limits, 100, 1, 600) && full(limits, 100, 1, 601));
        // The others weigh too much, so they will let go, as long as this shard is below its share.
        assert!(!full(Limits { weight_elsewhere: 999, ..limits }, 100, 1, 250));
        // But this value and the shard's own entries never fit together.
        assert!(full(Limits { weight_elsewhere: 999, ..limits }, 900, 1, 150));
        assert!(!full(Limits { max_entries: 1, elsewhere: 9, share: 0, ..limits }, 1000, 0, 0));
    }
}
