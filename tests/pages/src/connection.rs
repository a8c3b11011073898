//! Databases that others open, change and delete.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{ErrorKind, Keep, Storage, Token};
use cachefn_wasm::IndexedDb;

use crate::browser;
use crate::test::{Test, Verdict, equal, holds, tests, words};

pub(crate) const TESTS: &[Test] = tests![
    h_32_nobody_who_deletes_the_database_is_kept_waiting_and_it_is_made_anew,
    h_32_deletions_while_others_write_lose_only_what_was_there,
    h_32_a_newer_database_is_used_as_it_is,
    a_database_of_another_program_is_refused_and_left_alone,
    h_32_a_database_that_does_not_open_keeps_nobody_waiting_for_ever,
    a_storage_closed_while_it_opens_leaves_no_connection,
    a_storage_dropped_while_it_opens_leaves_no_connection,
];

async fn set(storage: &IndexedDb, name: &[u8]) -> Verdict {
    storage.set(name, Bytes::from_static(b"record"), Keep::default()).await.map_err(words)
}

async fn h_32_nobody_who_deletes_the_database_is_kept_waiting_and_it_is_made_anew() -> Verdict {
    let storage = browser::storage("deleted");
    for round in 0..3 {
        set(&storage, b"name").await?;
        let there = storage.get(b"name").await.map_err(words)?;
        equal("the record", there.map(|found| found.record), Some(Bytes::from_static(b"record")))?;
        equal("whether it was deleted", browser::delete("deleted").await, true)?;
        let there = storage.get(b"name").await.map_err(words)?;
        equal(&format!("what is there in round {round}"), there, None)?;
    }
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("deleted").await, true)
}

async fn h_32_deletions_while_others_write_lose_only_what_was_there() -> Verdict {
    let (one, other) = (browser::storage("contested"), browser::storage("contested"));
    for round in 0..20_u8 {
        let tokens = [(&b"%n:a"[..], Token([round; 16]))];
        let (first, second) = (set(&one, b"one"), set(&other, b"other"));
        let created = one.create_tokens(&tokens);
        let (first, deleted, second, created) =
            join(first, browser::delete("contested"), second, created).await;
        first?;
        second?;
        created.map_err(words)?;
        equal("whether it was deleted", deleted, true)?;
        // Both go on with the new one.
        set(&one, &[round]).await?;
        let there = other.get(&[round]).await.map_err(words)?;
        holds(there.is_some(), || format!("nothing after a write in round {round}"))?;
    }
    drop((one, other));
    equal("whether it was deleted", browser::delete("contested").await, true)
}

async fn join<A, B, C, D>(
    a: impl Future<Output = A>,
    b: impl Future<Output = B>,
    c: impl Future<Output = C>,
    d: impl Future<Output = D>,
) -> (A, B, C, D) {
    let (mut a, mut b, mut c, mut d) = (Box::pin(a), Box::pin(b), Box::pin(c), Box::pin(d));
    let mut ends = (None, None, None, None);
    std::future::poll_fn(|context| {
        macro_rules! poll {
            ($($future:ident $place:tt),*) => {
                $(if ends.$place.is_none() {
                    if let std::task::Poll::Ready(end) = $future.as_mut().poll(context) {
                        ends.$place = Some(end);
                    }
                })*
            };
        }
        poll!(a 0, b 1, c 2, d 3);
        match (ends.0.take(), ends.1.take(), ends.2.take(), ends.3.take()) {
            (Some(a), Some(b), Some(c), Some(d)) => std::task::Poll::Ready((a, b, c, d)),
            some => {
                ends = some;
                std::task::Poll::Pending
            }
        }
    })
    .await
}

async fn h_32_a_newer_database_is_used_as_it_is() -> Verdict {
    let storage = browser::storage("newer");
    set(&storage, b"name").await?;
    // Another tab has the next version of this program: it waits for nobody.
    let newer = browser::open("newer", 7, |_| ()).await;
    let newer = newer.ok_or("it does not open in version 7")?;
    let there = storage.get(b"name").await.map_err(words)?;
    holds(there.is_some(), || "nothing in the newer database".into())?;
    set(&storage, b"another").await?;
    newer.close();
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("newer").await, true)
}

async fn a_database_of_another_program_is_refused_and_left_alone() -> Verdict {
    let make = |database: &web_sys::IdbDatabase| drop(database.create_object_store("theirs"));
    let theirs = browser::open("theirs", 1, make).await.ok_or("it does not open")?;
    let storage = browser::storage("theirs");
    for _ in 0..2 {
        let error = storage.get(b"name").await.err().ok_or("it was not refused")?;
        equal("the kind", error.kind(), ErrorKind::Config)?;
        equal(
            "the text",
            error.to_string(),
            "get: the database belongs to another program; give this one another name".into(),
        )?;
    }
    equal("its stores", theirs.object_store_names().length(), 1)?;
    theirs.close();
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("theirs").await, true)
}

/// Somebody deletes the database, and somebody else does not let go of it.
async fn h_32_a_database_that_does_not_open_keeps_nobody_waiting_for_ever() -> Verdict {
    let stubborn = browser::open("stuck", 1, |_| ()).await.ok_or("it does not open")?;
    let deletion = browser::databases().delete_database("stuck").map_err(words)?;
    let builder = IndexedDb::builder().database("stuck");
    let storage = builder.open_timeout(Duration::from_millis(50)).build();
    for _ in 0..3 {
        let error = storage.get(b"name").await.err().ok_or("it opened")?;
        equal("the kind", error.kind(), ErrorKind::Timeout)?;
        equal("whether one may try again", error.is_retryable(), true)?;
    }
    stubborn.close();
    equal("whether it was deleted", browser::ended(&deletion, |_| ()).await, true)?;
    while storage.get(b"name").await.is_err() {
        browser::turn().await;
    }
    set(&storage, b"name").await?;
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("stuck").await, true)
}

async fn a_storage_closed_while_it_opens_leaves_no_connection() -> Verdict {
    let storage = browser::storage("closed");
    let name: [&[u8]; 1] = [b"name"];
    let mut get = Box::pin(storage.get_many(&name));
    std::future::poll_fn(|context| std::task::Poll::Ready(get.as_mut().poll(context).is_pending()))
        .await;
    storage.close().await.map_err(words)?;
    let error = get.await.err().ok_or("a closed storage answered")?;
    equal("the kind", error.kind(), ErrorKind::Unavailable)?;
    equal("whether it was deleted", browser::delete("closed").await, true)
}

async fn a_storage_dropped_while_it_opens_leaves_no_connection() -> Verdict {
    for polls in 1..=2 {
        let storage = browser::storage("dropped");
        let mut get = Box::pin(storage.get(b"name"));
        for _ in 0..polls {
            std::future::poll_fn(|context| {
                std::task::Poll::Ready(get.as_mut().poll(context).is_pending())
            })
            .await;
        }
        drop(get);
        drop(storage);
        equal("whether it was deleted", browser::delete("dropped").await, true)?;
    }
    Ok(())
}
