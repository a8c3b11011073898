use cachefn_core::cachefn;

struct Parser<'t> {
    text: &'t str,
}

impl<'t> Parser<'t> {
    #[cachefn(key = "{self.text}")]
    fn length(&self) -> usize {
        self.text.len()
    }
}

fn main() {}
