use cachefn_core::cachefn;

trait Load {
    fn load(&self, id: u64) -> u64;
}

struct Store;

impl Load for Store {
    #[cachefn(key = "{id}")]
    fn load(&self, id: u64) -> u64 {
        id
    }
}

fn main() {}
