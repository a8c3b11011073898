//! Drawn operations against a map that is too simple to be wrong.

use std::collections::BTreeMap;
use std::fmt::Debug;

use bytes::Bytes;
use cachefn_core::{Keep, Put, Storage, Token};

use super::scanning::walk;
use crate::failure::{Failure, Verdict};
use crate::random::Random;
use crate::stage::Stage;

pub(super) async fn drawn_operations_answer_as_a_map_would(stage: &mut Stage<'_>) -> Verdict {
    let mut random = stage.random();
    let mut model = Model::default();
    let mut trace: Vec<String> = Vec::new();
    for _ in 0..OPERATIONS {
        step(stage, &mut random, &mut model, &mut trace).await.map_err(|Failure(words)| {
            let last = trace[trace.len().saturating_sub(12)..].join("; ");
            Failure(format!("{words}, after {} operations, the last of them: {last}", trace.len()))
        })?;
    }
    Ok(())
}

/// Records by name; a token is a record of 16 bytes.
type Model = BTreeMap<Vec<u8>, Vec<u8>>;

async fn step(
    stage: &Stage<'_>,
    random: &mut Random,
    model: &mut Model,
    trace: &mut Vec<String>,
) -> Verdict {
    let storage = stage.storage();
    let names: Vec<Vec<u8>> = (0..1 + random.index(4)).map(|_| name(random)).collect();
    let list: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
    let first = list[0];
    let tags: Vec<Vec<u8>> = list.iter().map(|name| [b"%t:", *name].concat()).collect();
    let tokens: Vec<(&[u8], Token)> = tags.iter().map(|tag| (&tag[..], random.token())).collect();
    let text = |what: &str| {
        let names: Vec<String> = list.iter().map(|name| name.escape_ascii().to_string()).collect();
        format!("{what} {}", names.join(", "))
    };
    let operation = random.index(13);
    trace.push(text(NAMES[operation]));
    let what = &*trace[trace.len() - 1];
    match operation {
        0 => agree(what, bytes(storage.get(first).await?), model.get(first).cloned()),
        1 | 2 => {
            let length = random.index(50);
            let record = random.bytes(length);
            model.insert(first.to_vec(), record.clone());
            Ok(storage.set(first, record.into(), Keep::default()).await?)
        }
        3 => agree(what, storage.delete(first).await?, model.remove(first).is_some()),
        4 => {
            let found = storage.get_many(&list).await?.into_iter().map(bytes);
            let expected: Vec<_> = list.iter().map(|name| model.get(*name).cloned()).collect();
            agree(what, found.collect(), expected)
        }
        5 => {
            let mut puts = Vec::new();
            for name in &list {
                let length = random.index(50);
                let record = random.bytes(length);
                model.insert(name.to_vec(), record.clone());
                puts.push(Put { name, record: Bytes::from(record), keep: Keep::default() });
            }
            Ok(storage.set_many(puts).await?)
        }
        6 => {
            let there = list.iter().filter(|name| model.remove(**name).is_some()).count();
            agree(what, storage.delete_many(&list).await?, there)
        }
        7 => {
            let guess = match model.get(first) {
                Some(record) if random.hits(0.5) => record.clone(),
                _ => random.bytes(3),
            };
            let expected = model.get(first) == Some(&guess);
            if expected {
                model.remove(first);
            }
            agree(what, storage.delete_if(first, &guess).await?, expected)
        }
        8 => {
            let tags: Vec<&[u8]> = tags.iter().map(|tag| &tag[..]).collect();
            let expected: Vec<_> = tags.iter().map(|tag| token(model, tag)).collect();
            agree(what, storage.tokens(&tags).await?, expected)
        }
        9 => {
            for (tag, token) in &tokens {
                model.insert(tag.to_vec(), token.0.to_vec());
            }
            Ok(storage.replace_tokens(&tokens).await?)
        }
        10 => {
            let mut tokens = tokens;
            tokens.sort_by_key(|(tag, _)| *tag);
            tokens.dedup_by_key(|(tag, _)| *tag);
            let created = storage.create_tokens(&tokens).await?;
            let expected = tokens.iter().map(|(tag, own)| {
                model.entry(tag.to_vec()).or_insert_with(|| own.0.to_vec());
                token(model, tag).unwrap_or(*own)
            });
            agree(what, created, expected.collect())
        }
        11 if stage.capabilities.scans => {
            let mut got = walk(stage, first, 1 + random.index(5)).await?;
            got.retain(|name| !name.starts_with(b"%")); // tokens may be listed or not
            got.sort();
            got.dedup();
            let listed = |name: &&Vec<u8>| name.starts_with(first) && !name.starts_with(b"%");
            agree(what, got, model.keys().filter(listed).cloned().collect())
        }
        _ => {
            storage.flush().await?;
            agree(what, storage.purge().await?, 0)
        }
    }
}

fn agree<T: PartialEq + Debug>(what: &str, got: T, expected: T) -> Verdict {
    match got == expected {
        true => Ok(()),
        false => Err(Failure(format!("{what}: expected {expected:?}, got {got:?}"))),
    }
}

fn bytes(found: Option<cachefn_core::Found>) -> Option<Vec<u8>> {
    found.map(|found| found.record.to_vec())
}

fn token(model: &Model, name: &[u8]) -> Option<Token> {
    Token::read(model.get(name)?)
}

/// One of a few, so that operations meet.
fn name(random: &mut Random) -> Vec<u8> {
    let length = random.index(3);
    (0..length).map(|_| [b'a', b'b', 0, 255][random.index(4)]).collect()
}

const OPERATIONS: usize = 2_000;
const NAMES: [&str; 13] = [
    "get",
    "set",
    "set",
    "delete",
    "get_many",
    "set_many",
    "delete_many",
    "delete_if",
    "tokens",
    "replace_tokens",
    "create_tokens",
    "scan",
    "flush and purge",
];
