//! Room for what is written: the dead leave first, then what was written longest ago.

use std::time::Duration;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{IdbIndex, IdbKeyRange, IdbObjectStore, IdbRequest};

use super::connection::Mode;
use super::inner::Inner;
use super::opening::{AT, UNTIL};
use super::transaction::{Answers, Plan, Requests};
use crate::failure::Failure;
use crate::runtime::sleep;

impl Inner {
    /// Runs a transaction that writes. While the browser has no room for it, more and more goes: the dead,
    /// the oldest, and in the end the database, which is the only thing that some give space back for.
    pub(super) async fn with_room(
        &self,
        mode: Mode,
        plan: impl Fn(&IdbObjectStore) -> Result<Plan, JsValue>,
    ) -> Result<Answers, Failure> {
        let anew = self.connection.times_anew();
        let mut end = self.connection.transact(mode, &plan).await;
        let mut dropped = 0;
        for oldest in STEPS {
            if !matches!(end, Err(Failure::Full(_))) {
                return end;
            }
            let some = self.drop_some(oldest).await?;
            dropped += some;
            if some == 0 {
                break;
            }
            end = self.connection.transact(mode, &plan).await;
        }
        for pause in PAUSES {
            // Where nothing of ours is, others have taken the space.
            if dropped == 0 || !matches!(end, Err(Failure::Full(_))) {
                return end;
            }
            // Who waited with us may have done it already.
            if self.connection.times_anew() == anew {
                self.connection.make_anew().await?;
            }
            sleep(pause).await;
            end = self.connection.transact(mode, &plan).await;
        }
        if matches!(end, Err(Failure::Full(_))) {
            self.connection.rest();
        }
        end
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

/// How many of the oldest leave at once.
const STEPS: [u32; 4] = [16, 64, 256, MOST];
const MOST: u32 = 1_024;
/// The space of a deleted database comes back a moment later, or when nobody has had a connection for a while.
const PAUSES: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(50), Duration::from_millis(100)];
