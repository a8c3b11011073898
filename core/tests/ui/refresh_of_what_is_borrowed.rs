use cachefn_core::cachefn;

struct View<'a>(&'a str);
struct Store;

#[cachefn(ttl = "5m", refresh_after = 0.8, runtime = RUNTIME, key = "{id}")]
async fn viewed(id: u64, view: View<'_>, list: &dyn Fn()) -> u64 {
    id
}

impl Store {
    #[cachefn(ttl = "5m", refresh_after = 0.8, runtime = RUNTIME, key = "{id}")]
    async fn user(&self, id: u64) -> u64 {
        id
    }
}

fn main() {}
