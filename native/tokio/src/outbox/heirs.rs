//! Which tokens were put where the storage had none any more, and in the place of which.

use std::collections::HashMap;

use bytes::Bytes;
use cachefn_core::Token;

/// A storage that was emptied has lost the tokens of what waits for it. They never come back, because older
/// records might come back with them; what takes their place is drawn anew, and noted here before the
/// storage is asked to keep it, so that an answer that is lost does no harm: a token that was drawn here and
/// is there can only be there because nothing was.
#[derive(Debug, Default)]
pub(crate) struct Heirs {
    young: HashMap<(Bytes, Token), Token>,
    /// Those before, dropped when the young ones are as many.
    old: HashMap<(Bytes, Token), Token>,
}

impl Heirs {
    /// Under this name the one token is to take the place of the other, if there is none.
    pub(crate) fn insert(&mut self, name: &[u8], heir: Token, of: Token) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert((Bytes::copy_from_slice(name), heir), of);
    }

    /// Whether one token is the other, or took its place, or that of one that took its place.
    pub(crate) fn descends(&self, name: &[u8], heir: Token, from: Token) -> bool {
        let (name, mut at) = (Bytes::copy_from_slice(name), heir);
        // Tokens are never drawn twice, so that this is no circle; the count makes it sure.
        for _ in 0..MOST {
            if at == from {
                return true;
            }
            let place = (name.clone(), at);
            let Some(of) = self.young.get(&place).or_else(|| self.old.get(&place)) else { break };
            at = *of;
        }
        false
    }
}

const MOST: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_28_an_heir_descends_from_those_before_it_and_from_nobody_else() {
        let mut heirs = Heirs::default();
        let [one, two, three, other] = [1, 2, 3, 4].map(|byte| Token([byte; 16]));
        heirs.insert(b"%n:n", two, one);
        heirs.insert(b"%n:n", three, two);
        heirs.insert(b"%n:n", other, one);
        let from_one = |heir| heirs.descends(b"%n:n", heir, one);
        assert!([one, two, three, other].into_iter().all(from_one));
        assert!(!heirs.descends(b"%n:n", one, two) && !heirs.descends(b"%n:n", three, other));
        assert!(!heirs.descends(b"%n:other", two, one));
    }

    #[test]
    fn s_28_the_table_of_heirs_is_bounded() {
        let mut heirs = Heirs::default();
        let token = |number: u32| Token([number.to_le_bytes(); 4].concat().try_into().unwrap());
        for number in 0..3 * MOST as u32 {
            heirs.insert(b"%n:n", token(number + 1), token(number));
        }
        assert!(heirs.young.len() + heirs.old.len() <= 2 * MOST);
        assert!(heirs.descends(b"%n:n", token(3 * MOST as u32), token(3 * MOST as u32 - 1)));
        assert!(!heirs.descends(b"%n:n", token(1), token(0)));
    }
}
