use cachefn_core::cachefn;

#[cachefn]
fn length<T: AsRef<str>, const N: usize>(text: T) -> usize {
    text.as_ref().len() + N
}

#[cachefn]
fn describe(value: impl ToString) -> String {
    value.to_string()
}

#[cachefn]
fn describe_all(values: &[impl ToString]) -> usize {
    values.len()
}

fn main() {}
