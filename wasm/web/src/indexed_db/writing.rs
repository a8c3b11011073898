//! What changes the database, in one transaction each.

use bytes::Bytes;
use cachefn_core::{Put, Token};
use wasm_bindgen::prelude::*;

use super::connection::Mode;
use super::inner::Inner;
use super::row::{self, Terms};
use super::transaction::{Answers, Plan, Requests};
use crate::failure::Failure;

impl Inner {
    /// Writes records, and makes room for them if need be.
    pub(super) async fn set(&self, records: Vec<Put<'_>>) -> Result<(), Failure> {
        let now = self.clock.wall_ms();
        let puts = self.with_room(Mode::Write, |store| {
            let put = |Put { name, record, keep }: &Put<'_>| {
                let life = keep.life.and_then(|life| u64::try_from(life.as_millis()).ok());
                let until = life.and_then(|life| now.checked_add(life)).map(|until| until as f64);
                let terms = Terms { at: now as f64, until, tokens: keep.tokens };
                store.put_with_key(&row::record(record, &terms), &row::key(name))
            };
            let first = records.iter().map(put).collect::<Result<_, _>>()?;
            Ok(Plan { first, then: None })
        });
        let written = puts.await.map(drop);
        if matches!(written, Err(Failure::Full(_))) {
            // What is there is not true any more, and to delete it needs no room.
            let names: Vec<&[u8]> = records.iter().map(|put| put.name).collect();
            let _ = self.delete(&names).await; // the caller learns of the first failure
        }
        written
    }

    /// Deletes names; how many were there.
    pub(super) async fn delete(&self, names: &[&[u8]]) -> Result<usize, Failure> {
        let answers = self.connection.transact(Mode::Write, |store| {
            let mut first = Requests::with_capacity(2 * names.len());
            for name in names {
                let key = row::key(name);
                first.extend([store.count_with_key(&key)?, store.delete(&key)?]);
            }
            Ok(Plan { first, then: None })
        });
        let answers = answers.await?;
        let counts = answers.first.iter().step_by(2);
        let counts: Vec<JsValue> =
            counts.map(web_sys::IdbRequest::result).collect::<Result<_, _>>()?;
        Ok(counts.iter().filter(|count| count.as_f64() == Some(1.0)).count())
    }

    /// Deletes a name if this record is under it; whether it was.
    pub(super) async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Failure> {
        let answers = self.connection.transact(Mode::Write, |store| {
            let expected = Bytes::copy_from_slice(record);
            let key = row::key(name);
            Ok(Plan {
                first: vec![store.get(&key)?],
                then: Some(Box::new(move |store, rows| match rows {
                    [there] if row::bytes(&there.result()?) == Some(expected) => {
                        Ok(vec![store.delete(&key)?])
                    }
                    _ => Ok(vec![]),
                })),
            })
        });
        Ok(!answers.await?.then.is_empty())
    }

    /// Puts tokens in the place of those that were there. It is on the disk then, where browsers can
    /// promise it.
    pub(super) async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Failure> {
        let puts = self.with_room(Mode::WriteToDisk, |store| {
            let put = |(name, token): &(&[u8], Token)| {
                store.put_with_key(&row::token(&token.0), &row::key(name))
            };
            Ok(Plan { first: tokens.iter().map(put).collect::<Result<_, _>>()?, then: None })
        });
        puts.await.map(drop)
    }

    /// Writes each token if there is none under its name; those that are there then.
    pub(super) async fn create_tokens(
        &self,
        tokens: &[(&[u8], Token)],
    ) -> Result<Vec<Token>, Failure> {
        let answers: Answers = self
            .with_room(Mode::Write, |store| {
                let own: Vec<(JsValue, Token)> =
                    tokens.iter().map(|(name, token)| (row::key(name), *token)).collect();
                let first = own.iter().map(|(key, _)| store.get(key)).collect::<Result<_, _>>()?;
                Ok(Plan {
                    first,
                    then: Some(Box::new(move |store, rows| {
                        let mut puts = Requests::new();
                        for ((key, token), there) in own.iter().zip(rows) {
                            if row::token_of(&there.result()?).is_none() {
                                puts.push(store.put_with_key(&row::token(&token.0), key)?);
                            }
                        }
                        Ok(puts)
                    })),
                })
            })
            .await?;
        let there = tokens.iter().zip(&answers.first);
        there.map(|((_, own), row)| Ok(row::token_of(&row.result()?).unwrap_or(*own))).collect()
    }
}
