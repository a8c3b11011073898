use cachefn_core::cachefn;

#[cachefn(policy = "wtinylfu")]
fn later(id: u64) -> u64 {
    id
}

#[cachefn(policy = "LRU")]
fn capitals(id: u64) -> u64 {
    id
}

#[cachefn(policy = "random")]
fn unheard_of(id: u64) -> u64 {
    id
}

#[cachefn(policy = s3-fifo)]
fn without_quotes(id: u64) -> u64 {
    id
}

#[cachefn(policy = cachefn_core::Policy::Lru)]
fn value(id: u64) -> u64 {
    id
}

fn main() {}
