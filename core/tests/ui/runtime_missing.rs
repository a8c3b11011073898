use cachefn_core::cachefn;

#[cachefn(ttl = "5m", load_timeout = "5s")]
async fn limited(id: u64) -> u64 {
    id
}

#[cachefn(ttl = "5m", refresh_after = 0.8)]
async fn renewed(id: u64) -> u64 {
    id
}

#[cachefn(refresh_after = 0.8, runtime = Threads)]
async fn renewed_without_end(id: u64) -> u64 {
    id
}

#[cachefn(ttl = "5m", refresh_after = 0.8, runtime = Threads)]
fn blocking(id: u64) -> u64 {
    id
}

fn main() {}
