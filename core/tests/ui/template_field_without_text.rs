use cachefn_core::cachefn;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Options {
    language: Option<String>,
}

#[cachefn(key = "{options}")]
fn whole(options: &Options) -> usize {
    options.language.iter().count()
}

#[cachefn(tags = ["{options.languages}"])]
fn part(options: &Options) -> usize {
    options.language.iter().count()
}

fn main() {}
