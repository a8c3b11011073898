use cachefn_core::cachefn;

const LIMIT: usize = 0;

#[cachefn(max_entries = LIMIT)]
fn none(id: u64) -> u64 {
    id
}

#[cachefn(max_entries = usize::MAX)]
fn all(id: u64) -> u64 {
    id
}

fn main() {}
