use cachefn_core::cachefn;

mod user {}

#[cachefn]
fn user(id: u64) -> u64 {
    id
}

fn main() {}
