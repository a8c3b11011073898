//! Many futures at once: each sees what has returned, nobody sees halves, and some are dropped.

use std::collections::HashMap;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use cachefn_core::{BoxFuture, Keep, Storage};

use crate::failure::{Failure, Verdict, ensure, shown};
use crate::interleave::yield_now;
use crate::random::Random;
use crate::stage::Stage;

/// 32 futures with names of their own: none disturbs another.
pub(super) async fn h_32_each_reads_its_own_writes(stage: &mut Stage<'_>) -> Verdict {
    let seeds = seeds(stage);
    let task = |(task, seed): (u64, u64)| -> BoxFuture<'_, Verdict> {
        let stage = &*stage;
        Box::pin(async move {
            let mut random = Random(seed);
            let mut model: HashMap<String, Vec<u8>> = HashMap::new();
            for step in 0..40 {
                let name = format!("own:{task}:{}", random.index(4));
                match random.index(12) {
                    0..4 => {
                        let record = format!("{name} at step {step}").into_bytes();
                        stage.set(name.as_bytes(), &record).await?;
                        model.insert(name, record);
                    }
                    4..7 => {
                        let deleted = stage.storage().delete(name.as_bytes()).await?;
                        let expected = model.remove(&name).is_some();
                        ensure(deleted == expected, || {
                            format!(
                                "delete {name} beside others: expected {expected}, got {deleted}"
                            )
                        })?;
                    }
                    7 => stage.storage().flush().await?,
                    8 => {
                        stage.storage().purge().await?;
                    }
                    _ => {
                        let expected = model.get(&name).map(|record| &record[..]);
                        stage.holds("beside others' writes", name.as_bytes(), expected).await?;
                    }
                }
                yield_now().await;
            }
            Ok(())
        })
    };
    stage.interleave(seeds.into_iter().map(task).collect()).await.into_iter().collect()
}

/// 32 futures with the same names. Who reads must see whole records, and of one writer never an older
/// one after a newer.
pub(super) async fn h_32_reads_are_whole_and_never_go_back(stage: &mut Stage<'_>) -> Verdict {
    let seeds = seeds(stage);
    let task = |(task, seed): (u64, u64)| -> BoxFuture<'_, Verdict> {
        let stage = &*stage;
        Box::pin(async move {
            let mut random = Random(seed);
            let mut newest: HashMap<(usize, u64), u64> = HashMap::new();
            for step in 1..=40 {
                let which = random.index(3);
                let name = format!("shared:{which}");
                if random.hits(0.5) {
                    stage.set(name.as_bytes(), &Signed { task, step }.record()).await?;
                    newest.insert((which, task), step);
                } else {
                    let record = stage.record(name.as_bytes()).await?;
                    let was_seen = newest.keys().any(|(seen, _)| *seen == which);
                    let Some(record) = record else {
                        ensure(!was_seen, || {
                            format!("get {name}: expected a record, as one was seen, got none")
                        })?;
                        continue;
                    };
                    let Signed { task, step } = Signed::read(&record)?;
                    let seen = newest.insert((which, task), step).unwrap_or(0);
                    ensure(seen <= step, || {
                        format!(
                            "get {name}: expected write {seen} of writer {task} or a later one, \
                             which was seen before, got its write {step}"
                        )
                    })?;
                }
                yield_now().await;
            }
            Ok(())
        })
    };
    stage.interleave(seeds.into_iter().map(task).collect()).await.into_iter().collect()
}

/// Whether all that delete the same record are told that it was there is left open, but one is.
pub(super) async fn s_31_of_many_deletes_one_finds_it(stage: &mut Stage<'_>) -> Verdict {
    for round in 0..8 {
        let name = format!("once:{round}");
        stage.set(name.as_bytes(), b"record").await?;
        let delete = |_| -> BoxFuture<'_, Result<bool, cachefn_core::Error>> {
            let (storage, name) = (stage.storage(), name.as_bytes());
            Box::pin(async move {
                yield_now().await;
                storage.delete(name).await
            })
        };
        let ends = stage.interleave((0..8).map(delete).collect()).await;
        let told = ends.into_iter().collect::<Result<Vec<bool>, _>>()?;
        let told = told.into_iter().filter(|deleted| *deleted).count();
        ensure(told >= 1, || "8 deletes of one record: expected one to find it, got none".into())?;
        stage.holds("after 8 deletes", name.as_bytes(), None).await?;
    }
    Ok(())
}

/// A caller may drop a future at any point where it waits.
pub(super) async fn h_11_a_dropped_future_harms_nothing(stage: &mut Stage<'_>) -> Verdict {
    for polls in 0..24 {
        let name = format!("dropped:{}", polls % 3);
        let before = stage.record(name.as_bytes()).await?;
        let record = Bytes::from(vec![polls as u8; stage.record_length(3_000)]);
        let set = stage.storage().set(name.as_bytes(), record.clone(), Keep::default());
        let finished = at_most(polls, set).await;
        let after = stage.record(name.as_bytes()).await?;
        let is_new = after.as_ref() == Some(&record);
        let expected = if finished.is_some() { is_new } else { is_new || after == before };
        ensure(expected, || {
            let got = crate::failure::shown_record(after.as_deref());
            format!(
                "get after a set that was dropped after {polls} polls: expected the record of before or after it, got {got}"
            )
        })?;
        let names: [&[u8]; 2] = [name.as_bytes(), b"beside"];
        at_most(polls, stage.storage().get_many(&names)).await.transpose()?;
        at_most(polls, stage.storage().delete(b"beside")).await.transpose()?;
        stage.set(b"after", b"record").await?;
        stage.holds("after futures were dropped", b"after", Some(b"record")).await?;
    }
    Ok(())
}

/// The value of a future unless it needs more polls; then it is dropped.
async fn at_most<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    std::future::poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

fn seeds(stage: &Stage<'_>) -> Vec<(u64, u64)> {
    let mut random = stage.random();
    (0..32).map(|task| (task, random.draw())).collect()
}

/// Who wrote a record, and which of the writer's it is: told again and again up to its end.
pub(super) struct Signed {
    pub(super) task: u64,
    pub(super) step: u64,
}

impl Signed {
    pub(super) fn record(&self) -> Vec<u8> {
        let sign = [self.task.to_le_bytes(), self.step.to_le_bytes()].concat();
        sign.repeat(1 + (self.task as usize + self.step as usize) % 40)
    }

    pub(super) fn read(record: &[u8]) -> Result<Self, Failure> {
        let number = |from: usize| {
            let bytes = record.get(from..from + 8)?.try_into().ok()?;
            Some(u64::from_le_bytes(bytes))
        };
        let signed = number(0).zip(number(8)).map(|(task, step)| Signed { task, step });
        let whole = signed
            .filter(|signed| signed.task < 64 && signed.step <= 4_000 && signed.record() == record);
        whole.ok_or_else(|| {
            Failure(format!("get: expected a record as it was set, got {}", shown(record)))
        })
    }
}
