use cachefn_core::cachefn;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Id(u64);

#[cachefn(cache = "users")]
async fn user(id: Id) -> u64 {
    id.0
}

fn main() {}
