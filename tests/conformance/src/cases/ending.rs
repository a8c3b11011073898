//! Flush, close, and what is there when a storage is opened again.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Keep, Storage, Token};

use super::many::put;
use crate::failure::{Failure, Verdict, ensure, equal};
use crate::stage::Stage;

pub(super) async fn a_new_place_is_empty(stage: &mut Stage<'_>) -> Verdict {
    stage.holds("of a place that was never opened before", b"name", None).await?;
    stage.set(b"name", b"record").await?;
    stage.storage().flush().await?;
    let other = stage.open_another().await?;
    let found = other.get(b"name").await?;
    ensure(found.is_none(), || {
        "get after another place was opened: expected no record, got that of the first".into()
    })?;
    other.set(b"name", Bytes::from_static(b"another"), Keep::default()).await?;
    stage.holds("after a set at another place", b"name", Some(b"record")).await
}

pub(super) async fn flush_changes_nothing_that_is_read(stage: &mut Stage<'_>) -> Verdict {
    stage.storage().flush().await?;
    stage.set(b"name", b"record").await?;
    stage.storage().flush().await?;
    stage.holds("after a flush", b"name", Some(b"record")).await?;
    stage.storage().delete(b"name").await?;
    stage.storage().flush().await?;
    stage.storage().flush().await?;
    stage.holds("deleted, and after two flushes", b"name", None).await
}

/// A storage with nothing to let go of may answer on; none may panic or answer wrongly.
pub(super) async fn a_closed_storage_fails_or_answers_truly(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    stage.set(b"name", b"record").await?;
    storage.replace_tokens(&[(b"%n:a", TOKEN)]).await?;
    storage.close().await?;
    let truly = |holds: bool, method: &str| {
        ensure(holds, || {
            format!("{method} after close: expected an error or the truth, got neither")
        })
    };
    if let Ok(found) = storage.get(b"name").await {
        truly(found.is_some_and(|found| &found.record[..] == b"record"), "get")?;
    }
    if let Ok(tokens) = storage.tokens(&[b"%n:a"]).await {
        truly(tokens == [Some(TOKEN)], "tokens")?;
    }
    for (method, failed) in after_close(stage).await {
        ensure(failed || !stage.capabilities.survives, || {
            format!(
                "{method} after close: expected an error; a storage that survives needs a close of its own"
            )
        })?;
    }
    let _ = storage.close().await; // a second time: only not a panic
    Ok(())
}

/// Each method with whether it failed.
async fn after_close(stage: &Stage<'_>) -> Vec<(&'static str, bool)> {
    let storage = stage.storage();
    let record = Bytes::from_static(b"record");
    let name = &b"name"[..];
    vec![
        ("get", storage.get(name).await.is_err()),
        ("get_many", storage.get_many(&[name]).await.is_err()),
        ("set", storage.set(name, record, Keep::default()).await.is_err()),
        ("set_many", storage.set_many(vec![put((name, b"record"))]).await.is_err()),
        ("delete_if", storage.delete_if(name, b"record").await.is_err()),
        ("delete", storage.delete(name).await.is_err()),
        ("delete_many", storage.delete_many(&[name]).await.is_err()),
        ("tokens", storage.tokens(&[b"%n:a"]).await.is_err()),
        ("create_tokens", storage.create_tokens(&[(b"%n:b", TOKEN)]).await.is_err()),
        ("replace_tokens", storage.replace_tokens(&[(b"%n:a", TOKEN)]).await.is_err()),
        ("scan", storage.scan(b"", b"", 10).await.is_err()),
        ("flush", storage.flush().await.is_err()),
        ("purge", storage.purge().await.is_err()),
    ]
}

pub(super) async fn what_was_closed_is_there_again(stage: &mut Stage<'_>) -> Verdict {
    let long = vec![7; stage.record_length(100_000)];
    let names: [&[u8]; 4] = [b"plain", b"", b"\0\xff", b"for an hour"];
    stage.set(b"deleted", b"record").await?;
    for name in names {
        stage.set(name, b"overwritten").await?;
        let keep = Keep::new((name == b"for an hour").then_some(HOUR), &[]);
        stage.storage().set(name, Bytes::copy_from_slice(name), keep).await?;
    }
    stage.set(b"long", &long).await?;
    stage.storage().delete(b"deleted").await?;
    stage.storage().create_tokens(&[(b"%n:a", TOKEN)]).await?;
    for _ in 0..3 {
        stage.storage().close().await?;
        stage.open_again().await?;
        for name in names {
            stage.holds("closed and opened again", name, Some(name)).await?;
        }
        stage.holds("closed and opened again", b"long", Some(&long)).await?;
        stage.holds("closed and opened again", b"deleted", None).await?;
        let tokens = stage.storage().tokens(&[b"%n:a", b"%n:b"]).await?;
        equal("tokens, closed and opened again", tokens, vec![Some(TOKEN), None])?;
        let remaining =
            stage.storage().get(b"for an hour").await?.and_then(|found| found.remaining);
        ensure(remaining.is_none_or(|remaining| remaining <= HOUR), || {
            format!("get when opened again: expected at most an hour to remain, got {remaining:?}")
        })?;
    }
    Ok(())
}

pub(super) async fn what_was_flushed_is_there_again(stage: &mut Stage<'_>) -> Verdict {
    for round in 0..3u8 {
        let pairs: Vec<Vec<u8>> = (0..100).map(|number| vec![round, number]).collect();
        stage.storage().set_many(pairs.iter().map(|name| put((name, name))).collect()).await?;
        stage.storage().delete(&[round, 99]).await?; // never flushed
        if round > 0 {
            stage.storage().delete(&[round - 1, 98]).await?; // flushed
        }
        stage.storage().replace_tokens(&[(b"%t:a", Token([round; 16]))]).await?;
        stage.storage().flush().await?;
        // Dropped without a close, as a program that ends.
        stage.open_again().await?;
        for past in 0..=round {
            for number in 0..99 {
                let name = [past, number];
                let is_there = number < 98 || past == round;
                stage.holds("flushed and opened again", &name, is_there.then_some(&name)).await?;
            }
            stage.holds("flushed and opened again", &[past, 99], None).await?;
        }
        let tokens = stage.storage().tokens(&[b"%t:a"]).await?;
        equal("tokens, flushed and opened again", tokens, vec![Some(Token([round; 16]))])?;
    }
    Ok(())
}

/// What was not flushed may be there or not, but whole.
pub(super) async fn h_30_what_was_not_flushed_is_whole_or_gone(stage: &mut Stage<'_>) -> Verdict {
    let record = |round: u8| vec![round; stage_length(round)];
    for round in 1..=5u8 {
        stage.set(b"name", &record(round)).await?;
        stage.open_again().await?;
        let got = stage.record(b"name").await?;
        let is_whole = got.as_ref().is_none_or(|got| (1..=round).any(|old| record(old) == got[..]));
        let words =
            || Failure("get when opened again without a flush: expected a whole record".into());
        is_whole.then_some(()).ok_or_else(words)?;
    }
    Ok(())
}

fn stage_length(round: u8) -> usize {
    usize::from(round) * 700
}

const TOKEN: Token = Token(*b"token to be kept");
const HOUR: Duration = Duration::from_secs(3_600);
