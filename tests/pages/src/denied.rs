//! Where nothing may be kept: in a sandboxed frame, whose site is nobody's; and what workers do not have.

use cachefn_core::{
    Cache, Error, ErrorKind, NamedCache, Postcard, Storage, cachefn, with_cache_async,
};
use cachefn_wasm::{IndexedDb, WebStorage};

use crate::test::{Test, Verdict, equal, holds, tests, words};

pub(crate) const IN_A_SANDBOX: &[Test] = tests![
    h_33_a_database_that_is_forbidden_is_unavailable,
    h_33_web_storage_that_is_forbidden_is_unavailable,
    s_19_a_cached_function_answers_without_its_database,
    s_19_a_cached_function_answers_without_web_storage,
];
pub(crate) const IN_A_WORKER: &[Test] = tests![h_33_a_worker_has_no_web_storage];

#[cachefn(cache = "denied")]
async fn square(n: u32) -> u32 {
    n * n
}

async fn h_33_a_database_that_is_forbidden_is_unavailable() -> Verdict {
    let storage = IndexedDb::new();
    for _ in 0..2 {
        unavailable(storage.get(b"name").await)?;
        unavailable(storage.replace_tokens(&[]).await)?;
        unavailable(storage.purge().await)?;
    }
    Ok(())
}

async fn h_33_web_storage_that_is_forbidden_is_unavailable() -> Verdict {
    for storage in [WebStorage::local(), WebStorage::session()] {
        unavailable(storage.get(b"name").await)?;
        unavailable(storage.delete(b"name").await)?;
        unavailable(storage.scan(b"", b"", 1).await)?;
    }
    Ok(())
}

async fn s_19_a_cached_function_answers_without_its_database() -> Verdict {
    answers(IndexedDb::new()).await
}

async fn s_19_a_cached_function_answers_without_web_storage() -> Verdict {
    answers(WebStorage::local()).await
}

async fn h_33_a_worker_has_no_web_storage() -> Verdict {
    let error = WebStorage::local().get(b"name").await.err().ok_or("it answered")?;
    let expected = "get: there is no localStorage here; windows have it, where it is allowed";
    equal("the text", error.to_string(), expected.into())?;
    answers(WebStorage::local()).await
}

async fn answers(storage: impl Storage + Clone) -> Verdict {
    let named = NamedCache::builder("denied").storage(storage.clone()).build().map_err(words)?;
    let test = async {
        equal("the first call", square(7).await, 49)?;
        equal("the second call", square(7).await, 49)?;
        let stats = square::cache().stats();
        equal("made and found in memory", (stats.loads, stats.hits), (1, 1))?;
        holds(stats.storage_failures > 0, || "no failure was counted".into())
    };
    with_cache_async("denied", &named, test).await?;
    let builder = Cache::<u8, u8>::builder("denied").storage(storage).codec(Postcard);
    let cache = builder.build().map_err(words)?;
    unavailable(cache.set(1, 2).await)
}

fn unavailable<T>(result: Result<T, Error>) -> Verdict {
    let error = result.err().ok_or("it was not refused")?;
    equal("the kind", error.kind(), ErrorKind::Unavailable)?;
    holds(error.to_string().len() > 20, || format!("it says only {error}"))
}
