//! Every block of the guide and of the project's page, compiled and run.

macro_rules! pages {
    ($($name:ident $path:literal)+) => { $(
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../../", $path))]
        struct $name;
    )+ };
}

pages! {
    Readme "README.md"
    Configuration "docs/guide/configuration.md"
    Errors "docs/guide/errors.md"
    Functions "docs/guide/functions.md"
    Http "docs/guide/http.md"
    Invalidation "docs/guide/invalidation.md"
    Keys "docs/guide/keys.md"
    MigratingCached "docs/guide/migrating/cached.md"
    MigratingCachefnWorker "docs/guide/migrating/cachefn-worker.md"
    MigratingFncache "docs/guide/migrating/fncache.md"
    MigratingMoka "docs/guide/migrating/moka.md"
    MigratingOxcache "docs/guide/migrating/oxcache.md"
    Redis "docs/guide/redis.md"
    Staleness "docs/guide/staleness.md"
    Stampedes "docs/guide/stampedes.md"
    Testing "docs/guide/testing.md"
    Tiers "docs/guide/tiers.md"
    WritingAStorage "docs/guide/writing-a-storage.md"
}
