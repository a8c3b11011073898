//! What was deleted is gone, and the answer says whether it was there.

use cachefn_core::Storage;

use crate::failure::{Verdict, equal};
use crate::stage::Stage;

pub(super) async fn s_31_delete_tells_whether_a_record_was_there(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    for round in 0..3 {
        stage.set(b"name", &[round]).await?;
        equal("delete of a name with a record", storage.delete(b"name").await?, true)?;
        stage.holds("after delete", b"name", None).await?;
        equal("delete of a name just deleted", storage.delete(b"name").await?, false)?;
    }
    Ok(())
}

pub(super) async fn s_31_a_delete_leaves_the_others(stage: &mut Stage<'_>) -> Verdict {
    for name in [&b"a"[..], b"ab", b"abc", b"b", b"a:b"] {
        stage.set(name, name).await?;
    }
    equal("delete", stage.storage().delete(b"ab").await?, true)?;
    for name in [&b"a"[..], b"abc", b"b", b"a:b"] {
        stage.holds("after another was deleted", name, Some(name)).await?;
    }
    stage.holds("after delete", b"ab", None).await
}

pub(super) async fn s_39_delete_if_deletes_only_that_record(stage: &mut Stage<'_>) -> Verdict {
    let storage = stage.storage();
    let long = vec![b'l'; stage.record_length(5_000)];
    for record in [&b"record"[..], b"", b"\0", &long] {
        stage.set(b"name", record).await?;
        let mut close = record.to_vec();
        match close.last_mut() {
            Some(last) => *last ^= 1,
            None => close.push(0),
        }
        for other in [&b"another"[..], &close, &[record, b"\0"].concat()] {
            let deleted = storage.delete_if(b"name", other).await?;
            equal("delete_if with bytes that are not there", deleted, false)?;
            stage.holds("after delete_if with other bytes", b"name", Some(record)).await?;
        }
        let deleted = storage.delete_if(b"name", record).await?;
        equal("delete_if with the bytes that are there", deleted, true)?;
        stage.holds("after delete_if", b"name", None).await?;
        let deleted = storage.delete_if(b"name", record).await?;
        equal("delete_if of a name just deleted", deleted, false)?;
    }
    Ok(())
}

pub(super) async fn delete_many_counts_what_was_there(stage: &mut Stage<'_>) -> Verdict {
    for name in [b"a", b"b", b"c", b"d"] {
        stage.set(name, name).await?;
    }
    let names: [&[u8]; 6] = [b"a", b"absent", b"c", b"a", b"c", b"a"];
    let deleted = stage.storage().delete_many(&names).await?;
    equal("delete_many of two that are there, with repeats and an absent one", deleted, 2)?;
    for name in [b"a", b"c"] {
        stage.holds("after delete_many", name, None).await?;
    }
    for name in [b"b", b"d"] {
        stage.holds("after delete_many of others", name, Some(name)).await?;
    }
    equal("delete_many of names just deleted", stage.storage().delete_many(&names).await?, 0)
}
