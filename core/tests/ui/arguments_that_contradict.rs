use cachefn_core::cachefn;
use std::time::Duration;

#[cachefn(ttl = "1m", tti = "1h")]
fn idle(id: u64) -> u64 {
    id
}

#[cachefn(weigher = |_, value| *value)]
fn weight_without_a_limit(id: u64) -> u64 {
    id
}

#[cachefn(max_weight = 1_000)]
fn limit_without_a_weight(id: u64) -> u64 {
    id
}

#[cachefn(negative_ttl = "10s")]
fn nothing_to_miss(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cachefn(cache_errors = |_| Some(Duration::from_secs(1)))]
fn nothing_to_fail(id: u64) -> Option<u64> {
    Some(id)
}

#[cachefn(stale_if_error = "1m")]
fn nothing_to_bridge(id: u64) -> u64 {
    id
}

#[cachefn(cache_errors = |_| Some(Duration::from_secs(1)), negative_ttl = "1m", stale_if_error = 9)]
fn both(id: u64) -> Result<Option<u64>, String> {
    Ok(Some(id))
}

fn main() {}
