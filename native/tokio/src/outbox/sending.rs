//! How a batch of changes goes to the storage: one call for each kind, and more only to find a bad record.

use bytes::Bytes;
use cachefn_core::{Error, Keep, Put, Storage, Token};

use super::change::{Change, Kept, Replacement};
use super::known::draw;

/// Changes of different names, in their order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) changes: Vec<Sent>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) name: Bytes,
    pub(crate) version: u64,
    pub(crate) change: Change,
}

/// What became of a batch. What is nowhere in it was not tried, or failed with the others.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) accepted: Vec<(Bytes, u64)>,
    /// Refused for good, each with its reason.
    pub(crate) refused: Vec<(Bytes, u64, Error)>,
    /// Tokens that the storage has now.
    pub(crate) tokens: Vec<(Bytes, Token)>,
    /// Names of tokens that others had replaced meanwhile: what was written beside ours is dead.
    pub(crate) overtaken: Vec<Bytes>,
    /// Why the rest is to be tried again.
    pub(crate) failed: Option<Error>,
}

/// Tokens go first: of two orders the one in which a record is dead for a moment is the right one.
pub(crate) async fn send<S: Storage>(storage: &S, batch: &Batch, now: u64) -> Outcome {
    let mut outcome = Outcome::default();
    let (mut tokens, mut gone, mut taken, mut puts) = (vec![], vec![], vec![], vec![]);
    for sent in &batch.changes {
        match &sent.change {
            Change::Token(replacement) => tokens.push((sent, *replacement)),
            Change::Gone => gone.push(sent),
            Change::TakeBack(record) => taken.push((sent, record)),
            Change::Put(kept) => puts.push((sent, kept)),
            Change::Nothing => outcome.accepted.push((sent.name.clone(), sent.version)),
        }
    }
    if !tokens.is_empty() {
        replace(storage, &tokens, &mut outcome).await;
    }
    for (sent, record) in taken {
        if outcome.failed.is_none() {
            let deleted = storage.delete_if(&sent.name, record).await.map(drop);
            outcome.add(&[sent], deleted);
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
    let lists: Vec<Vec<&[u8]>> =
        puts.iter().map(|(_, kept)| kept.tokens.iter().map(|name| &name[..]).collect()).collect();
    let puts: Vec<(&Sent, &Kept, &[&[u8]])> =
        puts.iter().zip(&lists).map(|((sent, kept), list)| (*sent, *kept, &list[..])).collect();
    let mut parts = vec![&puts[..]];
    while let Some(part) = parts.pop().filter(|_| outcome.failed.is_none()) {
        if !part.is_empty() {
            let records = part.iter().map(|(sent, kept, list)| {
                let mut keep = Keep::new(kept.remaining(now), list);
                keep.lease = kept.lease;
                Put { name: &sent.name, record: kept.record.clone(), keep }
            });
            let kept = storage.set_many(records.collect()).await;
            outcome.split(part, kept, &mut parts);
        }
    }
    outcome
}

/// Something that was sent.
trait IsSent {
    fn sent(&self) -> &Sent;
}

impl IsSent for &Sent {
    fn sent(&self) -> &Sent {
        self
    }
}

impl IsSent for (&Sent, &Kept, &[&[u8]]) {
    fn sent(&self) -> &Sent {
        self.0
    }
}

impl Outcome {
    fn add<T: IsSent>(&mut self, part: &[T], done: Result<(), Error>) {
        match done {
            Ok(()) => {
                let accepted = part.iter().map(IsSent::sent);
                self.accepted.extend(accepted.map(|sent| (sent.name.clone(), sent.version)));
            }
            Err(error) if error.is_retryable() => self.failed = Some(error),
            Err(error) => {
                let refused = part.iter().map(IsSent::sent);
                self.refused
                    .extend(refused.map(|sent| (sent.name.clone(), sent.version, error.clone())));
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

/// Replaces tokens that have waited. If somebody else has replaced one meanwhile, what was written here
/// beside ours may be older than that, so that a token nobody has seen takes the place of both. Otherwise
/// ours does, in two steps of which each is atomic: the one that was known is deleted, and ours created.
async fn replace<S: Storage>(storage: &S, tokens: &[(&Sent, Replacement)], outcome: &mut Outcome) {
    if let Err(error) = try_replace(storage, tokens, outcome).await {
        if error.is_retryable() {
            outcome.failed = Some(error);
        } else {
            let all: Vec<&Sent> = tokens.iter().map(|(sent, _)| *sent).collect();
            outcome.add(&all, Err(error));
        }
    }
}

async fn try_replace<S: Storage>(
    storage: &S,
    tokens: &[(&Sent, Replacement)],
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let names: Vec<&[u8]> = tokens.iter().map(|(sent, _)| &sent.name[..]).collect();
    let there = storage.tokens(&names).await?;
    let (mut create, mut replace) = (Vec::new(), Vec::new());
    for ((sent, own), there) in tokens.iter().zip(there) {
        let name = &sent.name[..];
        if there == Some(own.token) {
            outcome.tokens.push((sent.name.clone(), own.token));
        } else if there.is_some()
            && there == own.known
            && storage.delete_if(name, &there.unwrap_or(own.token).0).await?
        {
            create.push((name, own.token));
        } else {
            replace.push((name, draw()));
        }
    }
    if !replace.is_empty() {
        storage.replace_tokens(&replace).await?;
    }
    outcome.overtaken.extend(replace.iter().map(|(name, _)| Bytes::copy_from_slice(name)));
    let mut now: Vec<(&[u8], Token)> = replace;
    if !create.is_empty() {
        let created = storage.create_tokens(&create).await?;
        let lost = create.iter().zip(&created).filter(|((_, own), token)| own != *token);
        outcome.overtaken.extend(lost.map(|((name, _), _)| Bytes::copy_from_slice(name)));
        now.extend(create.iter().zip(created).map(|((name, _), token)| (*name, token)));
    }
    for (name, token) in now {
        outcome.tokens.push((Bytes::copy_from_slice(name), token));
    }
    let accepted = tokens.iter().map(|(sent, _)| (sent.name.clone(), sent.version));
    outcome.accepted.extend(accepted);
    Ok(())
}
