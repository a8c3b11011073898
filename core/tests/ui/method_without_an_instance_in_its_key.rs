use cachefn_core::cachefn;

struct Store {
    base: u64,
}

impl Store {
    #[cachefn]
    fn load(&self, id: u64) -> u64 {
        self.base + id
    }

    #[cachefn(key = "{id}")]
    fn change(&mut self, id: u64) -> u64 {
        self.base += id;
        self.base
    }

    #[cachefn(key = "{self.base}:{self.tenant}:{sel.base}")]
    fn fields(&self) -> u64 {
        self.base
    }
}

fn main() {}
