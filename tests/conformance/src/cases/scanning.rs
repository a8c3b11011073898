//! A walk comes by every name that is there all the while.

use std::collections::BTreeSet;

use cachefn_core::{BoxFuture, ErrorKind, Storage};

use super::many::put;
use crate::failure::{Failure, Verdict, ensure, equal, shown};
use crate::interleave::yield_now;
use crate::stage::Stage;

pub(super) async fn a_storage_that_cannot_list_says_so(stage: &mut Stage<'_>) -> Verdict {
    let kind = stage.storage().scan(b"", b"", 10).await.map_err(|error| error.kind());
    equal("the kind of scan's error", kind.err(), Some(ErrorKind::Unsupported))
}

pub(super) async fn a_walk_finds_what_begins_with_the_prefix(stage: &mut Stage<'_>) -> Verdict {
    let mut names: BTreeSet<Vec<u8>> = (0..250).map(|n| format!("a:{n}").into_bytes()).collect();
    names.extend((0..=255).map(|byte| vec![b'b', byte]));
    let odd: [&[u8]; 14] = [
        b"",
        b"a",
        b"a;",
        b"A:1",
        b"a*b",
        b"a*",
        b"a[b]c",
        b"a?c",
        b"a%c",
        b"a_c",
        b"\xff",
        b"\xff\xff",
        b"\xff\xff\0",
        b"\0",
    ];
    names.extend(odd.map(<[u8]>::to_vec));
    for name in &names {
        stage.set(name, b"record").await?;
    }
    let prefixes: [&[u8]; 13] = [
        b"a:", b"a:1", b"a:17", b"b", b"", b"a*", b"a[b]", b"a?", b"a%", b"a_", b"\xff", b"b\xff",
        b"none",
    ];
    for prefix in prefixes {
        let begins = |name: &&Vec<u8>| name.starts_with(prefix);
        let expected: BTreeSet<Vec<u8>> = names.iter().filter(begins).cloned().collect();
        for limit in [1, 7, 10_000] {
            let got: BTreeSet<Vec<u8>> = walk(stage, prefix, limit).await?.into_iter().collect();
            all_of(prefix, &expected, &got)?;
        }
    }
    Ok(())
}

pub(super) async fn a_walk_of_nothing_ends(stage: &mut Stage<'_>) -> Verdict {
    equal("scan of an empty storage", walk(stage, b"", 10).await?, vec![])?;
    stage.set(b"name", b"record").await?;
    stage.storage().delete(b"name").await?;
    equal("scan after all was deleted", walk(stage, b"", 10).await?, vec![])
}

/// As a sweep does: what is found is deleted, and still nothing is passed over.
pub(super) async fn s_32_a_walk_that_deletes_reaches_all(stage: &mut Stage<'_>) -> Verdict {
    let names: Vec<String> = (0..3_000).map(|number| format!("sweep:{number}")).collect();
    for part in names.chunks(500) {
        let pairs = part.iter().map(|name| put((name.as_bytes(), b"record")));
        stage.storage().set_many(pairs.collect()).await?;
    }
    stage.set(b"sweeps:stays", b"record").await?;
    let mut cursor = bytes::Bytes::new();
    for _ in 0..MOST_PAGES {
        let page = stage.storage().scan(b"sweep:", &cursor, 100).await?;
        let found: Vec<&[u8]> = page.names.iter().map(|name| &name[..]).collect();
        stage.storage().delete_many(&found).await?;
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    equal("scan after a walk that deleted", walk(stage, b"sweep:", 100).await?, vec![])?;
    stage.holds("beside what was swept", b"sweeps:stays", Some(b"record")).await
}

pub(super) async fn s_32_a_walk_is_complete_while_others_write(stage: &mut Stage<'_>) -> Verdict {
    let lasting: BTreeSet<Vec<u8>> =
        (0..200).map(|number| format!("walk:{:03}", number * 2).into_bytes()).collect();
    for name in &lasting {
        stage.set(name, b"lasting").await?;
    }
    let mut tasks: Vec<BoxFuture<'_, Result<Vec<Vec<u8>>, Failure>>> = Vec::new();
    for task in 0..4u64 {
        let stage = &*stage;
        let mut random = stage.random();
        for _ in 0..task {
            random.draw();
        }
        tasks.push(Box::pin(async move {
            for _ in 0..200 {
                // Names between the lasting ones come and go.
                let name = format!("walk:{:03}", random.index(200) * 2 + 1);
                match random.hits(0.5) {
                    true => stage.set(name.as_bytes(), b"passing").await?,
                    false => drop(stage.storage().delete(name.as_bytes()).await?),
                }
                yield_now().await;
            }
            Ok(Vec::new())
        }));
    }
    tasks.extend(
        [3, 16].map(|limit| -> BoxFuture<'_, _> { Box::pin(steps(stage, b"walk:", limit)) }),
    );
    for (number, end) in stage.interleave(tasks).await.into_iter().enumerate() {
        let got: BTreeSet<Vec<u8>> = end?.into_iter().collect();
        if number >= 4 {
            let got = got.intersection(&lasting).cloned().collect();
            all_of(b"walk:", &lasting, &got)?;
        }
    }
    Ok(())
}

/// All names of a walk, with repeats.
pub(super) async fn walk(
    stage: &Stage<'_>,
    prefix: &[u8],
    limit: usize,
) -> Result<Vec<Vec<u8>>, Failure> {
    let alone = stage.interleave(vec![Box::pin(steps(stage, prefix, limit))]).await;
    alone.into_iter().collect::<Result<Vec<_>, _>>().map(|walks| walks.concat())
}

/// A walk that lets other tasks go on between its steps.
async fn steps(stage: &Stage<'_>, prefix: &[u8], limit: usize) -> Result<Vec<Vec<u8>>, Failure> {
    let mut names = Vec::new();
    let mut cursor = bytes::Bytes::new();
    for _ in 0..MOST_PAGES {
        let page = stage.storage().scan(prefix, &cursor, limit).await?;
        names.extend(page.names.iter().map(|name| name.to_vec()));
        match page.next {
            Some(next) => cursor = next,
            None => return Ok(names),
        }
        yield_now().await;
    }
    Err(Failure(format!(
        "scan of {} with the limit {limit}: expected an end, got {MOST_PAGES} pages",
        shown(prefix)
    )))
}

fn all_of(prefix: &[u8], expected: &BTreeSet<Vec<u8>>, got: &BTreeSet<Vec<u8>>) -> Verdict {
    let differing = expected.symmetric_difference(got).next();
    ensure(differing.is_none(), || {
        let name = differing.expect("there is one, or it would be ensured");
        let what = if got.contains(name) { "which is not there" } else { "which was passed over" };
        let (prefix, sum) = (shown(prefix), expected.len());
        format!("scan of {prefix}: expected its {sum} names, differs in {}, {what}", shown(name))
    })
}

const MOST_PAGES: usize = 20_000;
