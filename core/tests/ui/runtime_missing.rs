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

#[cachefn(ttl = "5m", stale_if_error = "1h", soft_timeout = "1s")]
async fn impatient(id: u64) -> Result<u64, ()> {
    Ok(id)
}

#[cachefn(ttl = "5m", soft_timeout = "1s", runtime = Threads)]
async fn impatient_for_nothing(id: u64) -> Result<u64, ()> {
    Ok(id)
}

#[cachefn(ttl = "5m", soft_timeout = "1s")]
fn impatient_thread(id: u64) -> u64 {
    id
}

fn main() {}
