use cachefn_core::cachefn;

pub struct View<'t>(&'t str);

#[cachefn(key = "{view.0}")]
fn length(view: View) -> usize {
    view.0.len()
}

fn main() {}
