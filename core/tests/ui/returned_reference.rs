use cachefn_core::cachefn;
use std::borrow::Cow;

#[cachefn]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

#[cachefn]
fn words<'a>(text: &'a str) -> Result<Vec<&'a str>, String> {
    Ok(text.split(' ').collect())
}

#[cachefn]
fn trimmed(text: &str) -> Cow<'_, str> {
    text.trim().into()
}

fn main() {}
