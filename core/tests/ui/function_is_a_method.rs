use cachefn_core::cachefn;

struct Store {
    base: u64,
}

impl Store {
    #[cachefn]
    fn load(&self, id: u64) -> u64 {
        self.base + id
    }

    #[cachefn]
    fn make(base: u64) -> Self {
        Store { base }
    }
}

fn main() {
    let _ = Store::make(1).load(2);
}
