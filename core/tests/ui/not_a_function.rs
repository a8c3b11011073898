use cachefn_core::cachefn;

#[cachefn(ttl = "5m")]
struct Settings {
    size: usize,
}

#[cachefn]
const LIMIT: usize = 10;

fn main() {
    let _ = Settings { size: LIMIT }.size;
}
