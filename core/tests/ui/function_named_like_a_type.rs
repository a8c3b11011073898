use cachefn_core::cachefn;

#[cachefn]
fn u64(text: &str) -> usize {
    text.len()
}

fn main() {}
