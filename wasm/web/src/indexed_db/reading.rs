//! What is asked of the database without changing it, in one transaction each.

use cachefn_core::{Found, Page, Token};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::connection::Mode;
use super::inner::Inner;
use super::row;
use super::transaction::{Plan, Requests};
use crate::failure::Failure;

impl Inner {
    /// Records in the order of their names, each with the tokens that it is checked against.
    pub(super) async fn found(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Failure> {
        let answers = self.connection.transact(Mode::Read, |store| {
            let first = names.iter().map(|name| store.get(&row::key(name)));
            Ok(Plan {
                first: first.collect::<Result<_, _>>()?,
                then: Some(Box::new(|store, rows| {
                    let mut tokens = Requests::new();
                    for row in rows {
                        for name in row::tokens_of(&row.result()?) {
                            tokens.push(store.get(&name)?);
                        }
                    }
                    Ok(tokens)
                })),
            })
        });
        let answers = answers.await?;
        let mut tokens = answers.then.iter();
        let mut found = Vec::with_capacity(names.len());
        for row in &answers.first {
            let row = row.result()?;
            let names = row::tokens_of(&row).len();
            let own: Vec<Option<Token>> = tokens
                .by_ref()
                .take(names)
                .map(|token| Ok(row::token_of(&token.result()?)))
                .collect::<Result<_, Failure>>()?;
            found.push(row::bytes(&row).map(|bytes| {
                let mut found = Found::new(bytes);
                found.tokens = Some(own);
                found
            }));
        }
        Ok(found)
    }

    /// Tokens in the order of their names.
    pub(super) async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Failure> {
        let answers = self.connection.transact(Mode::Read, |store| {
            let first = names.iter().map(|name| store.get(&row::key(name)));
            Ok(Plan { first: first.collect::<Result<_, _>>()?, then: None })
        });
        let answers = answers.await?;
        answers.first.iter().map(|token| Ok(row::token_of(&token.result()?))).collect()
    }

    /// A step of a walk; the cursor is the least name that may come next.
    pub(super) async fn names(
        &self,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> Result<Page, Failure> {
        let limit = limit.clamp(1, MOST_NAMES);
        let answers = self.connection.transact(Mode::Read, |store| {
            let range = row::range(prefix, cursor)?;
            // One more, to know whether there is one.
            let names = store.get_all_keys_with_key_and_limit(&range, limit as u32 + 1)?;
            Ok(Plan { first: vec![names], then: None })
        });
        let answers = answers.await?;
        let [names] = &answers.first[..] else { return Ok(Page::default()) };
        let names: Array = names.result()?.unchecked_into();
        let mut names: Vec<_> = names.iter().filter_map(|key| row::name(&key)).collect();
        let next = if names.len() > limit { names.pop() } else { None };
        Ok(Page::new(names, next))
    }
}

/// In one step of a walk.
const MOST_NAMES: usize = 10_000;
