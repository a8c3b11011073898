use cachefn_core::cachefn;

#[cachefn(ttl = "5parsecs")]
fn unit(id: u64) -> u64 {
    id
}

#[cachefn(ttl = "1m 30s")]
fn space(id: u64) -> u64 {
    id
}

#[cachefn(ttl = "")]
fn empty(id: u64) -> u64 {
    id
}

fn main() {}
