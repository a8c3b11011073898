use cachefn_core::cachefn;

#[cachefn(tags = "users")]
fn text(id: u64) -> u64 {
    id
}

#[cachefn(tags = [id, "", format!("user:{id}")])]
fn expressions(id: u64) -> u64 {
    id
}

#[cachefn(tags = users())]
fn call(id: u64) -> u64 {
    id
}

fn main() {}
