//! How tokens that have waited go to the storage.

use cachefn_core::{Error, Storage, Token};

use super::batch::{Outcome, Sent};
use super::change::Replacement;
use super::known::draw;
use super::shared::Shared;

/// Replaces tokens that have waited. If somebody else has replaced one meanwhile, what was written here
/// beside ours may be older than that, so that a token nobody has seen takes the place of both. Otherwise
/// ours does, in two steps of which each is atomic: the one that was known is deleted, and ours created.
/// Where there is none any more, a new one is put there as an heir of ours.
///
/// # Errors
/// Those of the storage. Some may be replaced then, which does no harm when all are replaced again.
pub(crate) async fn replace<S: Storage>(
    shared: &Shared<S>,
    tokens: &[(&Sent, Replacement)],
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let storage = &shared.storage;
    let names: Vec<&[u8]> = tokens.iter().map(|(sent, _)| &sent.name[..]).collect();
    let there = storage.tokens(&names).await?;
    let (mut create, mut replace) = (Vec::new(), Vec::new());
    for ((sent, own), there) in tokens.iter().zip(there) {
        let name = &sent.name[..];
        match step(shared, name, own, there) {
            Step::Done(token) => outcome.tokens.push((sent.name.clone(), token)),
            Step::Fill(token) => create.push((name, token)),
            Step::Exchange(there) if storage.delete_if(name, &there.0).await? => {
                create.push((name, own.token));
            }
            Step::Exchange(_) | Step::Overtake => replace.push((name, draw())),
        }
    }
    if !replace.is_empty() {
        storage.replace_tokens(&replace).await?;
    }
    outcome.overtaken.extend(replace.iter().map(|(name, _)| (*name).into()));
    let mut now: Vec<(&[u8], Token)> = replace;
    if !create.is_empty() {
        let created = storage.create_tokens(&create).await?;
        let lost = create.iter().zip(&created).filter(|((_, own), token)| own != *token);
        outcome.overtaken.extend(lost.map(|((name, _), _)| (*name).into()));
        now.extend(create.iter().zip(created).map(|((name, _), token)| (*name, token)));
    }
    for (name, token) in now {
        outcome.tokens.push(((*name).into(), token));
    }
    Ok(())
}

/// What is done about one token.
enum Step {
    /// It is there.
    Done(Token),
    /// This one is to go, so that ours can be created.
    Exchange(Token),
    /// There is none, and this one is to be created.
    Fill(Token),
    /// Neither ours nor theirs may stay.
    Overtake,
}

fn step<S>(shared: &Shared<S>, name: &[u8], own: &Replacement, there: Option<Token>) -> Step {
    let mut state = shared.state();
    let Some(there) = there else {
        let heir = draw();
        state.heirs.insert(name, heir, own.token);
        return Step::Fill(heir);
    };
    if state.heirs.descends(name, there, own.token) {
        return Step::Done(there);
    }
    if state.is_ours(name, there, own) {
        return Step::Exchange(there);
    }
    if own.known.is_none() {
        // Nobody could say what was there: whoever has set a value since, beside ours, has set it.
        state.promised.give(name, own.token);
    }
    Step::Overtake
}
