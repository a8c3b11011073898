//! What an LRU cache of the same size would have hit.

use anyhow::Result;
use cachefn_core::{Policy, unsync::MemoryCache};

/// Hits of an exact LRU; the values are empty, for only the order of the keys matters.
///
/// # Errors
/// A capacity that no cache can have.
pub(crate) fn lru_hits(stream: &[u32], capacity: usize) -> Result<u64> {
    let builder = MemoryCache::<u32, ()>::builder().max_entries(capacity).policy(Policy::Lru);
    let mut cache = builder.build().map_err(|error| anyhow::anyhow!("{error}"))?;
    for number in stream {
        cache.get_or_fetch(number, || ());
    }
    Ok(cache.stats().hits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_leaves() {
        assert_eq!(lru_hits(&[1, 2, 1, 3, 1, 2], 2).expect("two is a capacity"), 2);
    }
}
