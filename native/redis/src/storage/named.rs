//! Which tokens the record of a name was last seen to name, so that it can be read without a script.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The beginnings of frames, by the hash of a name. Each name has one place, where another may take it.
pub(super) struct Named {
    hasher: RandomState,
    /// Empty until the first is seen.
    places: Mutex<Vec<Option<Place>>>,
}

struct Place {
    name: u64,
    head: Arc<[u8]>,
    /// How often it was another one that was found.
    changes: u8,
}

impl Named {
    pub(super) fn new() -> Self {
        Named { hasher: RandomState::new(), places: Mutex::new(Vec::new()) }
    }

    /// What the frame of this name is expected to begin with: nothing where it was not seen, or where it
    /// is now this and now that.
    pub(super) fn expected(&self, name: &[u8]) -> Option<Arc<[u8]>> {
        let hash = self.hasher.hash_one(name);
        let places = self.places();
        let place = places.get(at(hash))?.as_ref()?;
        let is_steady = place.name == hash && place.changes < MOST_CHANGES;
        is_steady.then(|| place.head.clone())
    }

    /// The frame of a name begins with this.
    pub(super) fn saw(&self, name: &[u8], head: &[u8]) {
        if head.len() > LONGEST {
            return;
        }
        let hash = self.hasher.hash_one(name);
        let mut places = self.places();
        if places.is_empty() {
            places.resize_with(PLACES, || None);
        }
        let place = &mut places[at(hash)];
        let same = place.as_ref().filter(|place| place.name == hash);
        let changes = match same {
            Some(place) if *place.head == *head => return,
            Some(place) => place.changes.saturating_add(1),
            None => 0,
        };
        *place = Some(Place { name: hash, head: head.into(), changes });
    }

    /// Nothing panics while it is held.
    fn places(&self) -> MutexGuard<'_, Vec<Option<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn at(hash: u64) -> usize {
    hash as usize % PLACES
}

const PLACES: usize = 4_096;
/// Longer beginnings, of records with many tags, are not kept: they are read by the script.
const LONGEST: usize = 256;
/// Whose tags change more often is read by the script from then on.
const MOST_CHANGES: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_expected_unless_it_changes_again_and_again() {
        let named = Named::new();
        assert_eq!(named.expected(b"users:7"), None);
        for (head, is_expected) in [(b"a", true), (b"b", true), (b"c", true), (b"d", false)] {
            for _ in 0..9 {
                named.saw(b"users:7", head);
            }
            assert_eq!(named.expected(b"users:7").as_deref() == Some(head), is_expected);
        }
        assert_eq!(named.expected(b"users:8"), None);
    }

    #[test]
    fn s_30_what_is_remembered_of_names_is_bounded() {
        let named = Named::new();
        named.saw(b"long", &[7; LONGEST + 1]);
        assert_eq!(named.expected(b"long"), None);
        for number in 0..3 * PLACES {
            named.saw(&number.to_le_bytes(), b"head");
        }
        assert_eq!(named.places().len(), PLACES);
        let last = 3 * PLACES - 1;
        assert_eq!(named.expected(&last.to_le_bytes()).as_deref(), Some(&b"head"[..]));
    }
}
