use cachefn_core::cachefn;

#[cachefn(max_entries = 0)]
fn none(id: u64) -> u64 {
    id
}

#[cachefn(max_entries = -5)]
fn negative(id: u64) -> u64 {
    id
}

#[cachefn(max_entries = "10_000")]
fn text(id: u64) -> u64 {
    id
}

#[cachefn(max_entries = 10u8)]
fn suffix(id: u64) -> u64 {
    id
}

fn main() {}
