use cachefn_core::cachefn;

#[cachefn(cache = "users", tier = memory, id = "users", version = 2, refresh_after = 0.8)]
fn lookup(id: u64) -> u64 {
    id
}

#[cachefn(refesh_after = "1m")]
fn misspelt(id: u64) -> u64 {
    id
}

fn main() {}
