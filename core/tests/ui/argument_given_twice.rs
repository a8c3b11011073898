use cachefn_core::cachefn;

#[cachefn(ttl = "5m", max_entries = 10, ttl = 60)]
fn lifetime(id: u64) -> u64 {
    id
}

#[cachefn(ttl = "5m")]
#[cachefn(max_entries = 10)]
fn attribute(id: u64) -> u64 {
    id
}

fn main() {}
