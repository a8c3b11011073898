use cachefn_core::cachefn;

struct Store {
    id: u64,
    names: Vec<String>,
}

impl Store {
    #[cachefn(key = "{self.id}")]
    fn first(&self) -> Option<&str> {
        self.names.first().map(String::as_str)
    }

    #[cachefn(key = "{self.id}:{self.names}")]
    fn count(&self) -> usize {
        self.names.len()
    }

    #[cachefn(key = self.size())]
    fn size(self: &mut Self) -> usize {
        self.names.len()
    }
}

fn main() {}
