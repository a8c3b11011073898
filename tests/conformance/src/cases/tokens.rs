//! Tokens are absent until they are created, change only when they are replaced, and are never lost.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{BoxFuture, Keep, Storage, Token};

use crate::failure::{Failure, Verdict, ensure, equal};
use crate::interleave::yield_now;
use crate::random::Random;
use crate::stage::Stage;

pub(super) async fn s_28_tokens_are_read_in_order(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    equal("tokens before any was set", storage.tokens(&[b"%n:a"]).await?, vec![None])?;
    storage.replace_tokens(&[(b"%n:a", ONE), (b"%n:b", TWO)]).await?;
    let names: [&[u8]; 5] = [b"%n:b", b"%n:absent", b"%n:a", b"%n:b", b"%n:"];
    let expected = vec![Some(TWO), None, Some(ONE), Some(TWO), None];
    equal("tokens with repeats and absent ones", storage.tokens(&names).await?, expected)?;
    storage.replace_tokens(&[(b"%n:b", THREE)]).await?;
    let expected = vec![Some(THREE), None, Some(ONE), Some(THREE), None];
    equal("tokens after one was replaced", storage.tokens(&names).await?, expected)
}

pub(super) async fn s_28_a_token_that_is_there_is_not_created(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    let created = storage.create_tokens(&[(b"%t:a", ONE)]).await?;
    equal("create_tokens of an absent one", created, vec![ONE])?;
    let created = storage.create_tokens(&[(b"%t:b", TWO), (b"%t:a", THREE)]).await?;
    equal("create_tokens of an absent and a present one", created, vec![TWO, ONE])?;
    let tokens = storage.tokens(&[b"%t:a", b"%t:b"]).await?;
    equal("tokens after create_tokens", tokens, vec![Some(ONE), Some(TWO)])?;
    storage.replace_tokens(&[(b"%t:a", THREE)]).await?;
    let created = storage.create_tokens(&[(b"%t:a", ONE)]).await?;
    equal("create_tokens of a replaced one", created, vec![THREE])
}

pub(super) async fn s_28_bytes_that_are_no_token_are_none(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    for foreign in [&b""[..], b"short", b"seventeen bytes !"] {
        stage.set(b"%t:foreign", foreign).await?;
        let tokens = storage.tokens(&[b"%t:foreign"]).await?;
        equal("tokens of a name with bytes that are none", tokens, vec![None])?;
    }
    let created = storage.create_tokens(&[(b"%t:foreign", ONE)]).await?;
    equal("create_tokens over bytes that are no token", created, vec![ONE])?;
    equal("tokens after that", storage.tokens(&[b"%t:foreign"]).await?, vec![Some(ONE)])
}

pub(super) async fn s_28_neither_purge_nor_time_takes_a_token(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    storage.create_tokens(&[(b"%n:kept", ONE)]).await?;
    storage.replace_tokens(&[(b"%x:kept", TWO)]).await?;
    for number in 0..100u8 {
        let keep = Keep::new(Some(Duration::from_millis(1)), &[b"%n:kept", b"%x:kept"]);
        let record = Bytes::from_static(b"record");
        storage.set(&[b"kept:", &[number][..]].concat(), record, keep).await?;
    }
    storage.delete(b"kept:\0").await?;
    for _ in 0..2 {
        stage.advance(YEAR);
        super::life::purge_all(stage).await?;
        let tokens = storage.tokens(&[b"%n:kept", b"%x:kept"]).await?;
        equal("tokens after a purge", tokens, vec![Some(ONE), Some(TWO)])?;
    }
    Ok(())
}

/// Where a storage tells the tokens with a record, they are those that are there now.
pub(super) async fn s_28_tokens_beside_a_record_are_those_of_now(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    let names: [&[u8]; 3] = [b"%n:a", b"%t:b", b"%t:absent"];
    storage.replace_tokens(&[(b"%n:a", ONE), (b"%t:b", TWO)]).await?;
    let keep = Keep::new(None, &names);
    storage.set(b"a:name", Bytes::from_static(b"record"), keep).await?;
    let mut expected = vec![Some(ONE), Some(TWO), None];
    beside(stage, "as it was set", &expected).await?;
    storage.replace_tokens(&[(b"%t:b", THREE)]).await?;
    expected[1] = Some(THREE);
    beside(stage, "after one was replaced", &expected).await?;
    storage.create_tokens(&[(b"%t:absent", ONE)]).await?;
    expected[2] = Some(ONE);
    beside(stage, "after one was created", &expected).await?;
    storage.set(b"a:name", Bytes::from_static(b"record"), Keep::new(None, &[b"%t:b"])).await?;
    beside(stage, "after the record was set with another list", &[Some(THREE)]).await?;
    stage.set(b"a:name", b"record").await?;
    beside(stage, "after the record was set without tokens", &[]).await
}

/// Where a write tells tokens, they are those that are there once it is done.
pub(super) async fn s_28_tokens_told_by_a_write_are_those_of_now(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    let names: [&[u8]; 3] = [b"%n:a", b"%t:absent", b"%t:b"];
    let write = async |when: &str, expected: [Option<Token>; 3]| -> Verdict {
        let record = Bytes::copy_from_slice(when.as_bytes());
        let told = storage.set_telling(b"a:name", record, Keep::new(None, &names)).await?;
        let there = storage.get(b"a:name").await?.map(|found| found.record);
        equal(&format!("the record {when}"), there.as_deref(), Some(when.as_bytes()))?;
        match told {
            Some(told) => equal(&format!("the tokens told {when}"), &told[..], &expected),
            None => ensure(!stage.capabilities.tells_tokens, || {
                format!("set_telling told no tokens {when}, though it is among the capabilities")
            }),
        }
    };
    write("before there were any", [None; 3]).await?;
    storage.replace_tokens(&[(b"%n:a", ONE), (b"%t:b", TWO)]).await?;
    write("after two were made", [Some(ONE), None, Some(TWO)]).await?;
    storage.replace_tokens(&[(b"%n:a", THREE)]).await?;
    write("after one was replaced", [Some(THREE), None, Some(TWO)]).await
}

async fn beside(stage: &Stage<'_>, when: &str, expected: &[Option<Token>]) -> Verdict {
    let one = stage.storage().get(b"a:name").await?;
    let many = stage.storage().get_many(&[b"a:name"]).await?.pop().flatten();
    for (method, found) in [("get", one), ("get_many", many)] {
        let found = found.ok_or_else(|| Failure(format!("{method} found nothing, {when}")))?;
        if let Some(tokens) = found.tokens {
            equal(&format!("the tokens in {method}, {when}"), &tokens[..], expected)?;
        }
    }
    Ok(())
}

/// Tags are any text, and a call may name many.
pub(super) async fn s_28_tokens_have_names_of_any_bytes(stage: &mut Stage<'_>) -> Verdict {
    let mut random = stage.random();
    let mut names: Vec<Vec<u8>> = (0..=255).map(|byte| vec![b'%', b't', b':', byte]).collect();
    names.extend((0..500).map(|number| format!("%x::tag {number}").into_bytes()));
    let length = stage.name_length(60_000);
    names.extend([b'a', b'b'].map(|last| [&vec![b'%'; length - 1][..], &[last]].concat()));
    names.retain(|name| name.len() <= stage.capabilities.max_name);
    let pairs =
        |random: &mut Random| -> Vec<Token> { names.iter().map(|_| random.token()).collect() };
    let (created, replaced) = (pairs(&mut random), pairs(&mut random));
    fn with<'n>(names: &'n [Vec<u8>], tokens: &[Token]) -> Vec<(&'n [u8], Token)> {
        names.iter().map(|name| &name[..]).zip(tokens.iter().copied()).collect()
    }
    let asked: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
    let told = stage.storage().create_tokens(&with(&names, &created)).await?;
    ensure(told == created, || "create_tokens of many: expected each, got others".into())?;
    let some =
        |tokens: &[Token]| -> Vec<Option<Token>> { tokens.iter().copied().map(Some).collect() };
    let there = stage.storage().tokens(&asked).await?;
    ensure(there == some(&created), || "tokens of many: expected each, got others".into())?;
    stage.storage().replace_tokens(&with(&names, &replaced)).await?;
    let there = stage.storage().tokens(&asked).await?;
    ensure(there == some(&replaced), || "tokens after many were replaced: got others".into())
}

/// Not every storage creates atomically, but each has a token that somebody was told.
pub(super) async fn s_28_of_many_creators_one_wins(stage: &mut Stage<'_>) -> Verdict {
    let create = |number: u8| -> BoxFuture<'_, Result<Vec<Token>, cachefn_core::Error>> {
        let storage = stage.storage();
        Box::pin(async move {
            yield_now().await;
            storage.create_tokens(&[(b"%t:race", Token([number; 16]))]).await
        })
    };
    let ends = stage.interleave((1..=16).map(create).collect()).await;
    let told: Vec<Token> = ends.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    equal("how many tokens create_tokens told 16 callers", told.len(), 16)?;
    let tokens = stage.storage().tokens(&[b"%t:race"]).await?;
    ensure(matches!(tokens[..], [Some(token)] if told.contains(&token)), || {
        format!("tokens after 16 created the same: expected one of {told:?}, got {tokens:?}")
    })
}

/// A late creator must not bring back what an invalidation has replaced.
pub(super) async fn s_28_creators_do_not_undo_a_replacement(stage: &mut Stage<'_>) -> Verdict {
    for round in 0..32u8 {
        let name = [b"%t:race ", &[round][..]].concat();
        stage.storage().replace_tokens(&[(&name, ONE)]).await?;
        let step = |number: u8| -> BoxFuture<'_, Result<(), cachefn_core::Error>> {
            let (storage, name) = (stage.storage(), &name);
            Box::pin(async move {
                yield_now().await;
                if number == 4 {
                    return storage.replace_tokens(&[(name, TWO)]).await;
                }
                storage.create_tokens(&[(name, Token([number; 16]))]).await.map(drop)
            })
        };
        let ends = stage.interleave((0..8).map(step).collect()).await;
        ends.into_iter().collect::<Result<(), _>>()?;
        let tokens = stage.storage().tokens(&[&name]).await?;
        equal("tokens after one replaced and 7 created it", tokens, vec![Some(TWO)])?;
    }
    Ok(())
}

const ONE: Token = Token(*b"token number one");
const TWO: Token = Token([0; 16]);
const THREE: Token = Token([255; 16]);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3_600);
