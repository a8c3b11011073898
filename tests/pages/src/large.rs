//! Records of many megabytes.

use bytes::Bytes;
use cachefn_core::{Cache, ErrorKind, Keep, Postcard, Put, Storage};

use crate::browser;
use crate::test::{Test, Verdict, equal, holds, tests, words};

pub(crate) const TESTS: &[Test] = tests![
    a_record_of_64_mib_is_kept_and_a_larger_one_refused,
    s_19_a_value_of_100_mb_is_returned_and_not_stored,
];

async fn a_record_of_64_mib_is_kept_and_a_larger_one_refused() -> Verdict {
    let storage = browser::storage("large");
    let most = storage.capabilities().max_record;
    let record = |length: usize| Bytes::from(vec![7; length]);
    storage.set(b"most", record(most), Keep::default()).await.map_err(words)?;
    let found = storage.get(b"most").await.map_err(words)?;
    let is_whole = found.is_some_and(|found| found.record == record(most));
    holds(is_whole, || format!("a record of {most} bytes is not what it was"))?;
    let puts = [(&b"before"[..], 7), (b"too large", most + 1), (b"after", 7)];
    let puts =
        puts.map(|(name, length)| Put { name, record: record(length), keep: Keep::default() });
    let error = storage.set_many(puts.to_vec()).await.err().ok_or("it was not refused")?;
    equal("the kind", error.kind(), ErrorKind::Unsupported)?;
    for (name, expected) in [(&b"before"[..], true), (b"too large", false), (b"after", true)] {
        let found = storage.get(name).await.map_err(words)?;
        equal("whether it is there", found.is_some(), expected)?;
    }
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("large").await, true)
}

async fn s_19_a_value_of_100_mb_is_returned_and_not_stored() -> Verdict {
    let storage = browser::storage("larger");
    let builder = Cache::<u8, String>::builder("larger").max_entries(1).storage(storage.clone());
    let cache = builder.codec(Postcard).build().map_err(words)?;
    let text = cache.get_or_fetch(&1, || async { "x".repeat(100_000_000) }).await;
    equal("its length", text.len(), 100_000_000)?;
    equal("failures", cache.stats().storage_failures, 1)?;
    let error = cache.set(1, text).await.err().ok_or("it was not refused")?;
    equal("the kind", error.kind(), ErrorKind::TooHeavy)?;
    equal("names", storage.scan(b"larger:", b"", 10).await.map_err(words)?.names.len(), 0)?;
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("larger").await, true)
}
