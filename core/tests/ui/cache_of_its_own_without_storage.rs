use cachefn_core::cachefn;

#[cachefn(tier = memory, id = "users", version = 2)]
fn blocking(id: u64) -> u64 {
    id
}

#[cachefn(tier = storage)]
async fn asynchronous(id: u64) -> u64 {
    id
}

fn main() {}
