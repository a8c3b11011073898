use cachefn_core::cachefn;

#[cachefn(ttl = 5m)]
fn without_quotes(id: u64) -> u64 {
    id
}

#[cachefn(ttl = 0.25)]
fn parts(id: u64) -> u64 {
    id
}

#[cachefn(ttl = -1)]
fn negative(id: u64) -> u64 {
    id
}

#[cachefn(ttl = 99_999_999_999_999_999_999)]
fn endless(id: u64) -> u64 {
    id
}

#[cachefn(ttl = std::time::Duration::from_secs(5))]
fn expression(id: u64) -> u64 {
    id
}

fn main() {}
