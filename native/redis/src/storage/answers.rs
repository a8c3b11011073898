//! What Redis says of tokens.

use cachefn_core::Token;
use redis::Value;

use crate::frame;

/// The tokens in a list of values, where they are some.
pub(super) fn read_tokens(answer: Value) -> impl Iterator<Item = Option<Token>> {
    let all = match answer {
        Value::Array(all) => all,
        _ => Vec::new(),
    };
    all.into_iter().map(|value| match value {
        Value::BulkString(bytes) => frame::read_token(&bytes),
        _ => None,
    })
}
