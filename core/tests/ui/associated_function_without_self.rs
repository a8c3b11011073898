use cachefn_core::cachefn;

struct Store;

impl Store {
    #[cachefn]
    fn double(id: u64) -> u64 {
        id * 2
    }
}

fn main() {
    Store::double(2);
}
