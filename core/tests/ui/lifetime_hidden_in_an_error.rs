use cachefn_core::cachefn;

#[derive(Clone)]
pub struct Refused<'t>(&'t str);

#[cachefn]
fn length(text: &str) -> Result<usize, Refused> {
    Err(Refused(text))
}

fn main() {}
