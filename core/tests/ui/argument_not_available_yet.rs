use cachefn_core::cachefn;

#[cachefn(ttl = "5m", stale_while_revalidate = "1m", tti = 30, stale_if_eror = 5)]
fn lookup(id: u64) -> u64 {
    id
}

fn main() {}
