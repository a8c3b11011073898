//! Room for what is written: the dead leave first, then what was written longest ago.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{IdbIndex, IdbKeyRange, IdbObjectStore, IdbRequest};

use super::Inner;
use super::connection::Mode;
use super::opening::{AT, UNTIL};
use super::transaction::{Answers, Plan, Requests};
use crate::failure::Failure;

impl Inner {
    /// Runs a transaction that writes; while the browser has no room for it, drops more and more.
    pub(super) async fn with_room(
        &self,
        mode: Mode,
        plan: impl Fn(&IdbObjectStore) -> Result<Plan, JsValue>,
    ) -> Result<Answers, Failure> {
        let mut oldest = FEWEST;
        loop {
            let full = match self.connection.transact(mode, &plan).await {
                Err(full @ Failure::Full(_)) => full,
                done => return done,
            };
            if oldest > MOST || self.drop_some(oldest).await? == 0 {
                return Err(full);
            }
            oldest *= 4;
        }
    }

    /// Drops records that are dead; how many.
    pub(super) async fn purge(&self) -> Result<usize, Failure> {
        self.drop_those(|dead, _| Ok(vec![dead])).await
    }

    /// Drops the dead, or if there are none so many of the oldest.
    async fn drop_some(&self, oldest: u32) -> Result<usize, Failure> {
        self.drop_those(|dead, ages| {
            let all = JsValue::UNDEFINED;
            Ok(vec![dead, ages.get_all_keys_with_key_and_limit(&all, oldest)?])
        })
        .await
    }

    /// Drops what is under the first list of names that has any.
    async fn drop_those(
        &self,
        lists: impl Fn(IdbRequest, IdbIndex) -> Result<Requests, JsValue>,
    ) -> Result<usize, Failure> {
        let now = JsValue::from(self.clock.wall_ms() as f64);
        let answers = self.connection.transact(Mode::Write, |store| {
            let past = IdbKeyRange::upper_bound(&now)?;
            let dead = store.index(UNTIL)?.get_all_keys_with_key_and_limit(&past, MOST)?;
            let first = lists(dead, store.index(AT)?)?;
            Ok(Plan {
                first,
                then: Some(Box::new(|store, lists| {
                    for list in lists {
                        let keys: Array = list.result()?.unchecked_into();
                        if keys.length() > 0 {
                            return keys.iter().map(|key| store.delete(&key)).collect();
                        }
                    }
                    Ok(vec![])
                })),
            })
        });
        Ok(answers.await?.then.len())
    }
}

/// Records that leave at once: at first, and at the most.
const FEWEST: u32 = 16;
const MOST: u32 = 1_024;
