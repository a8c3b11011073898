use cachefn_core::cachefn;

#[cachefn(key = "user:{id", tags = ["user:id}", "user:{}", "user:{id:?}", "{id + 1}"])]
fn braces(id: u64) -> u64 {
    id
}

#[cachefn(key = "{left}{right}")]
fn run_together(left: u64, right: u64) -> u64 {
    left + right
}

#[cachefn(key = "")]
fn empty(id: u64) -> u64 {
    id
}

fn main() {}
