use cachefn_core::cachefn;

#[cachefn("5m")]
fn nameless(id: u64) -> u64 {
    id
}

#[cachefn(ttl, tags("users"), policy: "lru")]
fn valueless(id: u64) -> u64 {
    id
}

#[cachefn(ttl = "5m" max_entries = 10)]
fn run_together(id: u64) -> u64 {
    id
}

fn main() {}
