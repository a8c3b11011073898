use cachefn_core::cachefn;

#[cachefn(key = "{id}")]
fn find<T: Default + 'static>(id: u64) -> Option<Vec<T>> {
    (id > 0).then(Vec::new)
}

#[cachefn(key = "{id}")]
fn bytes<const N: usize>(id: u8) -> [u8; N] {
    [id; N]
}

fn main() {}
