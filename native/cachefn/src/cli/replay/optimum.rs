//! The highest hit ratio that any policy could reach, knowing the future.
//!
//! Belady: "A study of replacement algorithms for a virtual-storage computer", 1966.

use std::collections::BinaryHeap;

/// How many of the requests hit when the entry that is needed last always leaves; that may be the new
/// one, because a cache may refuse what it is given.
pub(crate) fn hits(ids: &[u32], capacity: usize) -> usize {
    let next = next_uses(ids);
    let mut resident = vec![NEVER; ids.iter().max().map_or(0, |most| *most as usize + 1)];
    // Uses by time, the farthest on top. A use that has come is never on top before a later one.
    let mut farthest = BinaryHeap::new();
    let (mut len, mut hits) = (0, 0);
    for (id, next) in ids.iter().zip(next) {
        let id = *id as usize;
        if resident[id] == NEVER {
            len += 1;
        } else {
            hits += 1;
        }
        resident[id] = next;
        farthest.push((next, id));
        if len > capacity {
            let victim: usize = farthest.pop().map_or(id, |(_, victim)| victim);
            resident[victim] = NEVER;
            len -= 1;
        }
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

    /// Tries everything: each miss may refuse the new id or take the place of any other.
    fn best(ids: &[u32], held: &mut Vec<u32>, capacity: usize) -> usize {
        let Some((id, rest)) = ids.split_first() else { return 0 };
        if held.contains(id) {
            return 1 + best(rest, held, capacity);
        }
        let mut most = best(rest, held, capacity);
        if held.len() < capacity {
            held.push(*id);
            most = most.max(best(rest, held, capacity));
            held.pop();
        } else {
            for place in 0..held.len() {
                let victim = std::mem::replace(&mut held[place], *id);
                most = most.max(best(rest, held, capacity));
                held[place] = victim;
            }
        }
        most
    }

    #[test]
    fn nothing_that_can_be_tried_is_better() {
        // Numbers of no order, the same in every run (Knuth's MMIX generator).
        let mut state = 1_u64;
        let mut drawn = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % 5
        };
        for case in 0..200 {
            let ids: Vec<u32> = (0..9).map(|_| drawn()).collect();
            for capacity in 1..4 {
                let expected = best(&ids, &mut Vec::new(), capacity);
                assert_eq!(hits(&ids, capacity), expected, "case {case}: {ids:?} in {capacity}");
            }
        }
    }
}
