use cachefn_core::cachefn;

type Loaded = Result<u64, String>;

#[cachefn]
fn load(id: u64) -> Loaded {
    id.checked_mul(2).ok_or_else(|| "too large".to_owned())
}

fn main() {}
