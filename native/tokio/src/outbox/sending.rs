//! How a batch of changes goes to the storage: one call for each kind, and more only to find a bad record.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Keep, Put, Storage};

use super::batch::{Batch, Outcome, Refusal, Sent};
use super::change::{Change, Kept, Replacement};
use super::lists::TokenNames;
use super::replacing::replace;
use super::reviving::Revival;
use super::shared::Shared;

/// Tokens go first: of two orders the one in which a record is dead for a moment is the right one.
pub(crate) async fn send<S: Storage>(shared: &Shared<S>, batch: &Batch, now: u64) -> Outcome {
    let (storage, mut outcome) = (&shared.storage, Outcome::default());
    let (mut tokens, mut gone, mut taken, mut puts) = (vec![], vec![], vec![], vec![]);
    for sent in &batch.changes {
        match &sent.change {
            Change::Token(replacement) => tokens.push((sent, *replacement)),
            Change::Gone => gone.push(sent),
            Change::TakeBack(record) => taken.push((sent, record)),
            Change::Put(kept) => puts.push((sent, kept)),
            Change::Nothing => outcome.nothing.push(sent.at),
        }
    }
    let mut parts = vec![&tokens[..]];
    while let Some(part) = parts.pop().filter(|_| outcome.failed.is_none()) {
        if !part.is_empty() {
            let replaced = replace(shared, part, &mut outcome).await;
            outcome.split(part, replaced, &mut parts);
        }
    }
    // A record beside a token that was refused waits as long as that does.
    let is_refused = |name: &[u8]| outcome.refused.iter().any(|refusal| *refusal.name == *name);
    puts.retain(|(_, kept)| !kept.tokens.iter().any(|name| is_refused(name)));
    for (sent, record) in taken {
        if outcome.failed.is_none() {
            match storage.delete_if(&sent.name, record).await {
                Ok(_) => outcome.nothing.push(sent.at),
                Err(error) => outcome.add(&[sent], Err(error)),
            }
        }
    }
    let mut parts = vec![&gone[..]];
    while let Some(part) = parts.pop().filter(|_| outcome.failed.is_none()) {
        if !part.is_empty() {
            let names: Vec<&[u8]> = part.iter().map(|sent| &sent.name[..]).collect();
            let deleted = storage.delete_many(&names).await.map(drop);
            outcome.split(part, deleted, &mut parts);
        }
    }
    let puts = revived(shared, puts, &mut outcome).await;
    let names = names(&puts);
    let mut parts = vec![&puts[..]];
    while let Some(part) = parts.pop().filter(|_| outcome.failed.is_none()) {
        if !part.is_empty() {
            let records = part.iter().map(|Parcel { sent, kept, record, list }| {
                let mut keep = Keep::new(kept.remaining(now), &names[*list]);
                (keep.lease, keep.is_given) = (kept.lease, kept.is_given);
                Put { name: &sent.name, record: record.clone(), keep }
            });
            let kept = storage.set_many(records.collect()).await;
            outcome.split(part, kept, &mut parts);
        }
    }
    outcome
}

/// A record on its way.
struct Parcel<'b> {
    sent: &'b Sent,
    kept: &'b Kept,
    record: Bytes,
    /// Which of the lists of [`names`] it has.
    list: usize,
}

/// The names of tokens of these records, each list once where they come one after the other.
fn names<'b>(puts: &[Parcel<'b>]) -> Vec<Vec<&'b [u8]>> {
    let starts = puts.chunk_by(|one, next| one.list == next.list).filter_map(|run| run.first());
    starts.map(|put| put.kept.tokens.iter().map(|name| &name[..]).collect()).collect()
}

/// Records beside the tokens that are there now.
async fn revived<'b, S: Storage>(
    shared: &Shared<S>,
    puts: Vec<(&'b Sent, &'b Kept)>,
    outcome: &mut Outcome,
) -> Vec<Parcel<'b>> {
    if outcome.failed.is_some() {
        return Vec::new();
    }
    let revivals = match shared.revive(&puts).await {
        Ok(revivals) => revivals,
        Err(error) if error.is_retryable() => {
            outcome.failed = Some(error);
            return Vec::new();
        }
        // Who cannot tell tokens takes the records as they are.
        Err(_) => puts.iter().map(|_| Revival::Same).collect(),
    };
    let (mut list, mut last): (usize, Option<&TokenNames>) = (0, None);
    let parcel = |((sent, kept), revival): ((&'b Sent, &'b Kept), Revival)| {
        if last.replace(&kept.tokens).is_some_and(|last| !Arc::ptr_eq(last, &kept.tokens)) {
            list += 1;
        }
        let record = match revival {
            Revival::Same => kept.record.clone(),
            Revival::Beside(record) => record,
            Revival::Dead => {
                outcome.dead.push(sent.name.clone());
                kept.record.clone()
            }
        };
        Parcel { sent, kept, record, list }
    };
    puts.into_iter().zip(revivals).map(parcel).collect()
}

/// Something that was sent.
pub(crate) trait IsSent {
    fn sent(&self) -> &Sent;
}

impl IsSent for &Sent {
    fn sent(&self) -> &Sent {
        self
    }
}

impl IsSent for (&Sent, Replacement) {
    fn sent(&self) -> &Sent {
        self.0
    }
}

impl IsSent for Parcel<'_> {
    fn sent(&self) -> &Sent {
        self.sent
    }
}

impl Outcome {
    pub(crate) fn add<T: IsSent>(&mut self, part: &[T], done: Result<(), Error>) {
        match done {
            Ok(()) => {
                self.accepted.extend(part.iter().map(|sent| sent.sent().at));
                self.in_a_row = 0;
            }
            Err(error) if error.is_retryable() => self.failed = Some(error),
            Err(error) => {
                let after = self.accepted.len() as u64;
                let refusal = |Sent { name, version, change, .. }: &Sent| {
                    let (name, is_put, error) = (name.clone(), change.is_put(), error.clone());
                    Refusal { name, version: *version, is_put, error, after }
                };
                self.refused.extend(part.iter().map(|part| refusal(part.sent())));
                self.in_a_row += 1;
                if self.in_a_row == FEW {
                    self.failed = Some(error);
                }
            }
        }
    }

    /// What was refused together is tried in halves: one bad record does not lose the others.
    fn split<'p, T: IsSent>(
        &mut self,
        part: &'p [T],
        done: Result<(), Error>,
        parts: &mut Vec<&'p [T]>,
    ) {
        match done {
            Err(error) if !error.is_retryable() && part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            done => self.add(part, done),
        }
    }
}

/// So many refusals one after the other are those of a storage that refuses everything: the rest is not tried.
const FEW: usize = 8;
