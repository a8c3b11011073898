use cachefn_core::cachefn;

#[cachefn(cache = "texts", key = "{value}")]
fn text<T: std::fmt::Display + 'static>(value: T) -> String {
    value.to_string()
}

#[cachefn(cache = &TEXTS, key = "{value}")]
async fn given(value: impl std::fmt::Display + 'static) -> String {
    value.to_string()
}

fn main() {}
