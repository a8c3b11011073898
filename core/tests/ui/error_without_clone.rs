use cachefn_core::{Cache, MemoryCache};

#[derive(Debug)]
struct Refused;

async fn asynchronous(cache: &Cache<u32, u32>) -> Result<u32, Refused> {
    cache.try_get_or_fetch(&1, async || Err(Refused)).await
}

fn blocking(cache: &MemoryCache<u32, u32>) -> Result<u32, Refused> {
    cache.try_get_or_fetch(&1, || Err(Refused))
}

fn main() {}
