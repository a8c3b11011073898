//! What is learnt of tokens: an answer of the storage that is older than what is known teaches nothing.

use cachefn_core::Token;

use super::state::State;

impl State {
    /// The storage has told which tokens it has. It was asked when this was the last number.
    pub(crate) fn learn<'n>(
        &mut self,
        told: impl IntoIterator<Item = (&'n [u8], Option<Token>)>,
        asked: u64,
    ) {
        for (name, token) in told {
            if let Some(token) = token.filter(|_| !self.queue.is_busy(name)) {
                self.known.learn(name, token, asked);
            }
        }
    }

    /// The storage has this token now, whatever it says to those who have asked before.
    pub(crate) fn renew(&mut self, name: &[u8], token: Token) {
        let number = self.number();
        self.known.insert(name, token, number);
    }

    /// Others may have replaced any.
    pub(crate) fn unlearn(&mut self) {
        let number = self.number();
        self.known.forget(number);
    }
}
