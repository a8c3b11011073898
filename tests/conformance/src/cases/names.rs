//! A name is bytes, and names are equal only if all their bytes are.

use cachefn_core::Storage;

use crate::failure::{Verdict, equal, shown};
use crate::stage::{Stage, same};

pub(super) async fn h_06_names_are_any_bytes(stage: &mut Stage<'_>) -> Verdict {
    let singles = (0..=255).map(|byte| vec![byte]);
    let doubles = (0..=255).map(|byte| vec![b'n', byte, b'n']);
    let texts = ODD.iter().map(|name| name.to_vec());
    let mut names: Vec<Vec<u8>> = singles.chain(doubles).chain(texts).collect();
    names.sort();
    names.dedup();
    names.retain(|name| name.len() <= stage.capabilities.max_name);
    let record = |name: &[u8]| [b"record of ", name].concat();
    for name in &names {
        stage.set(name, &record(name)).await?;
    }
    for name in &names {
        stage.holds("among names of all bytes", name, Some(&record(name))).await?;
    }
    for (number, name) in names.iter().enumerate().filter(|(number, _)| number % 2 == 0) {
        let deleted = stage.storage().delete(name).await?;
        equal(&format!("delete {} (number {number})", shown(name)), deleted, true)?;
    }
    for (number, name) in names.iter().enumerate() {
        let there = (number % 2 == 1).then(|| record(name));
        stage.holds("after every other one was deleted", name, there.as_deref()).await?;
    }
    Ok(())
}

pub(super) async fn h_06_an_empty_name_is_a_name(stage: &mut Stage<'_>) -> Verdict {
    stage.set(b"other", b"another").await?;
    stage.holds("before it was set", b"", None).await?;
    stage.set(b"", b"record").await?;
    stage.holds("after it was set", b"", Some(b"record")).await?;
    let deleted = stage.storage().delete(b"").await?;
    equal("delete of the empty name", deleted, true)?;
    stage.holds("after the empty name was deleted", b"other", Some(b"another")).await
}

pub(super) async fn h_05_long_names_differ_in_their_last_byte(stage: &mut Stage<'_>) -> Verdict {
    for length in [200, 256, 1_000, 4_096, 65_536].map(|length| stage.name_length(length)) {
        let name = |last| [&vec![b'k'; length - 1][..], &[last]].concat();
        stage.set(&name(b'a'), b"a").await?;
        stage.set(&name(b'b'), b"b").await?;
        stage.holds("beside one that differs at its end", &name(b'a'), Some(b"a")).await?;
        stage.holds("beside one that differs at its end", &name(b'b'), Some(b"b")).await?;
        stage.holds("beside two that differ at their ends", &name(b'c'), None).await?;
        let deleted = stage.storage().delete(&name(b'a')).await?;
        equal("delete of a long name", deleted, true)?;
        stage.holds("after its neighbour was deleted", &name(b'b'), Some(b"b")).await?;
    }
    Ok(())
}

/// Longer than what the storage takes: it may refuse, but not keep it under a part of it.
pub(super) async fn a_name_too_long_is_refused_or_kept_whole(stage: &mut Stage<'_>) -> Verdict {
    let longest = vec![b'n'; stage.capabilities.max_name];
    let longer = [&longest[..], b"n"].concat();
    stage.set(&longest, b"longest").await?;
    let accepted = stage.set(&longer, b"longer").await.is_ok();
    stage.holds("after a longer name was set", &longest, Some(b"longest")).await?;
    match stage.record(&longer).await {
        Ok(found) if accepted => {
            same("after it was set", &longer, found.as_deref(), Some(b"longer"))
        }
        Ok(Some(found)) => same("after it was refused", &longer, Some(&found), Some(b"longer")),
        Ok(None) => Ok(()),
        Err(_) => Ok(()),
    }
}

/// What storages have confused with something else.
const ODD: &[&[u8]] = &[
    b"",
    b"/",
    b"..",
    b"../../up",
    b"a/b",
    b"a//b",
    b"C:\\file",
    b"CON",
    b"name",
    b"Name",
    b"NAME",
    b"name ",
    b" name",
    b"name\0",
    b"\0name",
    b"name\r\n",
    b"*",
    b"na?e",
    b"[n]ame",
    b"name%",
    b"n_me",
    b"%n:name",
    b"{name}",
    b"'; DROP TABLE records; --",
    b"__proto__",
    b"constructor",
    b"null",
    b"1",
    b"01",
    b"1.0",
    "né".as_bytes(),
    "ne\u{301}".as_bytes(),
    "🦀".as_bytes(),
    b"\xed\xa0\x80",
    b"\xff\xfe\xfd",
    b"\xc0\x80",
];
