use cachefn_core::cachefn;

#[derive(PartialEq)]
pub struct Options {
    language: String,
}

#[cachefn]
fn length(id: usize, options: &Options) -> usize {
    options.language.len() + id
}

fn main() {}
