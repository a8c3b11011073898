use cachefn_core::cachefn;

const NOTHING: u64 = 0;

#[cachefn(max_weight = NOTHING, weigher = |_, value| *value)]
fn none(id: u64) -> u64 {
    id
}

fn main() {}
