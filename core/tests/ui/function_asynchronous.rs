use cachefn_core::cachefn;

#[cachefn(ttl = "5m")]
async fn fetch(id: u64) -> u64 {
    id
}

fn main() {}
