//! Many at once is the same as one after the other.

use bytes::Bytes;
use cachefn_core::{Keep, Put, Storage, Token};

use crate::failure::{Verdict, ensure, equal};
use crate::stage::{Stage, same};

pub(super) async fn many_of_nothing_is_nothing(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    equal("get_many of no names", storage.get_many(&[]).await?, vec![])?;
    storage.set_many(vec![]).await?;
    equal("delete_many of no names", storage.delete_many(&[]).await?, 0)?;
    equal("tokens of no names", storage.tokens(&[]).await?, vec![])?;
    storage.replace_tokens(&[]).await?;
    equal("create_tokens of none", storage.create_tokens(&[]).await?, Vec::<Token>::new())
}

pub(super) async fn get_many_answers_in_order(stage: &mut Stage<'_>) -> Verdict {
    for name in [b"a", b"b", b"c"] {
        stage.set(name, name).await?;
    }
    let names: [&[u8]; 7] = [b"c", b"absent", b"a", b"c", b"b", b"absent", b"a"];
    let found = stage.storage().get_many(&names).await?;
    equal("the length of get_many's answer", found.len(), names.len())?;
    for (name, found) in names.iter().zip(&found) {
        let expected = (*name != b"absent").then_some(*name);
        let got = found.as_ref().map(|found| &found.record[..]);
        same("(in get_many, with repeats and absent ones)", name, got, expected)?;
    }
    Ok(())
}

pub(super) async fn of_a_repeated_name_the_last_record_stays(stage: &mut Stage<'_>) -> Verdict {
    stage.set(b"b", b"before").await?;
    let pairs: [(&[u8], &[u8]); 5] =
        [(b"a", b"1"), (b"b", b"2"), (b"a", b"3"), (b"c", b""), (b"a", b"5")];
    stage.storage().set_many(pairs.map(put).to_vec()).await?;
    for (name, record) in [(b"a", &b"5"[..]), (b"b", b"2"), (b"c", b"")] {
        stage.holds("after set_many", name, Some(record)).await?;
    }
    Ok(())
}

pub(super) async fn h_36_a_thousand_at_once_all_arrive(stage: &mut Stage<'_>) -> Verdict {
    let names: Vec<String> = (0..1_000).map(|number| format!("many:{number}")).collect();
    let pairs = names.iter().map(|name| put((name.as_bytes(), name.as_bytes())));
    stage.storage().set_many(pairs.collect()).await?;
    let asked: Vec<&[u8]> = names.iter().rev().map(String::as_bytes).collect();
    let found = stage.storage().get_many(&asked).await?;
    equal("the length of get_many's answer", found.len(), asked.len())?;
    for (name, found) in asked.iter().zip(&found) {
        let got = found.as_ref().map(|found| &found.record[..]);
        same("after set_many of a thousand", name, got, Some(name))?;
    }
    stage.holds("after set_many of a thousand", b"many:500", Some(b"many:500")).await
}

/// What cannot be kept takes nothing with it.
pub(super) async fn h_36_one_that_is_too_large_loses_no_other(stage: &mut Stage<'_>) -> Verdict {
    let large = vec![7; stage.capabilities.max_record + 1];
    let pairs: [(&[u8], &[u8]); 3] = [(b"first", b"1"), (b"too large", &large), (b"last", b"3")];
    let _ = stage.storage().set_many(pairs.map(put).to_vec()).await; // may fail, as one of them does
    stage.holds("after set_many with one too large", b"first", Some(b"1")).await?;
    stage.holds("after set_many with one too large", b"last", Some(b"3")).await
}

pub(super) async fn s_31_ten_thousand_names_are_cleared(stage: &mut Stage<'_>) -> Verdict {
    let names: Vec<String> = (0..10_000).map(|number| format!("clear:{number}")).collect();
    stage.set(b"clears:stays", b"record").await?;
    for part in names.chunks(500) {
        let pairs = part.iter().map(|name| put((name.as_bytes(), b"record")));
        stage.storage().set_many(pairs.collect()).await?;
    }
    let mut deleted = 0;
    for part in names.chunks(500) {
        let part: Vec<&[u8]> = part.iter().map(String::as_bytes).collect();
        deleted += stage.storage().delete_many(&part).await?;
    }
    equal("delete_many of 10,000 names in 20 calls, summed", deleted, names.len())?;
    for part in names.chunks(500) {
        let part: Vec<&[u8]> = part.iter().map(String::as_bytes).collect();
        let left = stage.storage().get_many(&part).await?.iter().flatten().count();
        ensure(left == 0, || format!("get_many after delete_many: expected none, got {left}"))?;
    }
    stage.holds("beside what was cleared", b"clears:stays", Some(b"record")).await
}

/// A record of these bytes, for ever.
pub(super) fn put<'a>((name, record): (&'a [u8], &[u8])) -> Put<'a> {
    Put { name, record: Bytes::copy_from_slice(record), keep: Keep::default() }
}
