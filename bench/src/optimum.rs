//! The highest hit ratio that any policy could reach, knowing the future.
//!
//! Belady: "A study of replacement algorithms for a virtual-storage computer", 1966.

use std::collections::BinaryHeap;

/// How many of the requests hit when the entry that is needed last always leaves.
pub fn hits(ids: &[u32], capacity: usize) -> usize {
    let next = next_uses(ids);
    let mut resident = vec![NEVER; ids.iter().max().map_or(0, |most| *most as usize + 1)];
    // Uses by time, the farthest on top. A use that has come is never on top before a later one.
    let mut farthest = BinaryHeap::new();
    let (mut len, mut hits) = (0, 0);
    for (id, next) in ids.iter().zip(next) {
        let id = *id as usize;
        if resident[id] != NEVER {
            hits += 1;
        } else if len < capacity {
            len += 1;
        } else if let Some((_, victim)) = farthest.pop() {
            let victim: usize = victim;
            resident[victim] = NEVER;
        }
        resident[id] = next;
        farthest.push((next, id));
    }
    hits
}

/// For every request, when its id is asked for next.
fn next_uses(ids: &[u32]) -> Vec<u32> {
    let mut seen = vec![NEVER - 1; ids.iter().max().map_or(0, |most| *most as usize + 1)];
    let mut next = vec![0; ids.len()];
    for (at, id) in ids.iter().enumerate().rev() {
        next[at] = std::mem::replace(&mut seen[*id as usize], at as u32);
    }
    next
}

/// Not resident. An id that never comes again has one less.
const NEVER: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_needed_soonest() {
        // The example of every text book: 3 places, 20 requests, 9 faults.
        let ids = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
        assert_eq!(hits(&ids, 3), 20 - 9);
    }
}
