//! What no cache can beat: the hits of one that knows the future.

use std::collections::BinaryHeap;

/// Hits of Belady's rule: keep the words that are wanted again soonest. It may also let a word
/// pass without storing it, so this bounds every policy. (Belady 1966, with bypass.)
pub(crate) fn hits(stream: &[u32], capacity: usize) -> u64 {
    let next = next_uses(stream);
    let words = stream.iter().max().map_or(0, |&last| last as usize + 1);
    let mut resident = vec![false; words];
    let mut residents = 0;
    // Residents by their next use. A use that has come stays behind as a number smaller than all
    // that lie ahead: it never reaches the top while a resident is left.
    let mut uses = BinaryHeap::new();
    let mut hits = 0;
    for (&word, &next) in stream.iter().zip(&next) {
        let word = word as usize;
        if resident[word] {
            hits += 1;
            residents -= 1;
        }
        resident[word] = next != NEVER;
        if next == NEVER {
            continue;
        }
        uses.push(next);
        residents += 1;
        if residents > capacity
            && let Some(last) = uses.pop()
        {
            resident[stream[last as usize] as usize] = false;
            residents -= 1;
        }
    }
    hits
}

/// For each place, the next one with the same word.
fn next_uses(stream: &[u32]) -> Vec<u32> {
    let words = stream.iter().max().map_or(0, |&last| last as usize + 1);
    let mut following = vec![NEVER; words];
    let mut next = vec![NEVER; stream.len()];
    for (place, &word) in stream.iter().enumerate().rev() {
        next[place] = following[word as usize];
        following[word as usize] = u32::try_from(place).expect("streams are below 2^32 requests");
    }
    next
}

const NEVER: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn small_streams_have_known_optima() {
        for (stream, capacity, expected) in [
            (&[0, 1, 2, 0, 1, 2][..], 2, 2),
            (&[0, 1, 2, 0, 1, 2], 3, 3),
            (&[0, 0, 0], 1, 2),
            (&[0, 1, 0, 2, 0, 3], 1, 2),
            (&[], 1, 0),
            (&[0, 1, 2, 3], 2, 0),
        ] {
            assert_eq!(hits(stream, capacity), expected, "{stream:?} with {capacity}");
        }
    }

    #[test]
    fn it_equals_the_best_of_all_choices() {
        let mut random = Random::seeded(7);
        for _ in 0..200 {
            let stream: Vec<u32> = (0..12).map(|_| random.below(5) as u32).collect();
            for capacity in 1..4 {
                assert_eq!(hits(&stream, capacity), best(&stream, &[], capacity), "{stream:?}");
            }
        }
    }

    /// Tries every way to make room.
    fn best(stream: &[u32], held: &[u32], capacity: usize) -> u64 {
        let Some((word, rest)) = stream.split_first() else { return 0 };
        if held.contains(word) {
            return 1 + best(rest, held, capacity);
        }
        let more = [held, &[*word]].concat();
        if more.len() <= capacity {
            return best(rest, &more, capacity);
        }
        let ways = more.iter().map(|gone| {
            let kept: Vec<u32> = more.iter().copied().filter(|word| word != gone).collect();
            best(rest, &kept, capacity)
        });
        ways.max().expect("there is a word to leave out")
    }
}
