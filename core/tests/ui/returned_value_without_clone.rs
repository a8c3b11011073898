use cachefn_core::cachefn;

pub struct Report;

#[cachefn]
fn report(id: u64) -> Report {
    let _ = id;
    Report
}

fn main() {}
