//! Which tokens records were written beside that are older than they are.

use std::collections::HashMap;

use bytes::Bytes;

use super::promised::covers;

/// Somebody else may have invalidated such a record while the storage was away, and say so only when this
/// outbox has written it already: messages follow what waits elsewhere, too. For a while it is known
/// which tokens have to be replaced then once more.
#[derive(Debug, Default)]
pub(crate) struct Doubts(HashMap<Bytes, u64>);

impl Doubts {
    /// A record was written beside the token of this name that has another one in it.
    pub(crate) fn insert(&mut self, name: &Bytes, now: u64) {
        if self.0.len() >= MOST {
            self.0.retain(|_, until| *until > now);
        }
        self.0.insert(name.clone(), now.saturating_add(WHILE));
    }

    /// The names among these, and below them, for which that is so; they are in doubt no more.
    pub(crate) fn take(&mut self, names: &[Vec<u8>], now: u64) -> Vec<Bytes> {
        let is_meant = |other: &Bytes| names.iter().any(|name| covers(name, other));
        let mut meant: Vec<Bytes> = self.0.keys().filter(|name| is_meant(name)).cloned().collect();
        meant.retain(|name| self.0.remove(name).is_some_and(|until| until > now));
        meant
    }
}

/// So many before those go that are known for long enough.
const MOST: usize = 8_192;
/// Milliseconds.
const WHILE: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_27_a_doubt_lasts_for_a_while_and_is_settled_once() {
        let mut doubts = Doubts::default();
        for name in ["%n:a/b", "%n:b", "%t:a:x", "%t:a:y"] {
            doubts.insert(&Bytes::from(name), 5);
        }
        let names =
            |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>();
        assert_eq!(doubts.take(&names(&["%n:a", "%t:a:z"]), 6), ["%n:a/b"]);
        assert!(doubts.take(&names(&["%n:a"]), 6).is_empty());
        assert_eq!(doubts.take(&names(&["%t:a:x"]), 4 + WHILE), ["%t:a:x"]);
        assert!(doubts.take(&names(&["%t:a:y"]), 5 + WHILE).is_empty());
    }
}
