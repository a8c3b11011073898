use cachefn_core::cachefn;

#[cachefn]
fn digits(count: u8) -> impl Iterator<Item = u8> {
    0..count
}

fn main() {
    let _ = digits(3).count();
}
