use cachefn_core::cachefn;

#[cachefn(tti = 5m, stale_while_revalidate = -1, load_timeout = soon(), negative_ttl = 0.5)]
fn lengths(id: u64) -> Option<u64> {
    Some(id)
}

#[cachefn(jitter = 1.5)]
fn share(id: u64) -> u64 {
    id
}

#[cachefn(jitter = "10%")]
fn text(id: u64) -> u64 {
    id
}

#[cachefn(max_weight = 0, weigher = 1)]
fn weights(id: u64) -> u64 {
    id
}

#[cachefn(max_weight = "1 MB", weigher = |value| *value)]
fn weigher(id: u64) -> u64 {
    id
}

#[cachefn(cache_if = true)]
fn decided(id: u64) -> u64 {
    id
}

#[cachefn(cache_errors = "1m")]
fn errors(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {}
