use cachefn_core::cachefn;
use std::fmt::Display;

#[cachefn(key = "{value}")]
fn shown<T: Display>(value: T) -> String {
    value.to_string()
}

#[cachefn(key = "{value}")]
fn opaque(value: impl Display) -> String {
    value.to_string()
}

#[cachefn(key = "it")]
fn inside(values: Option<&(impl Display + 'static)>) -> usize {
    values.into_iter().count()
}

fn main() {}
