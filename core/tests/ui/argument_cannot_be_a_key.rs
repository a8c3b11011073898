use cachefn_core::cachefn;

#[cachefn]
fn area(width: f64, sizes: &[f32]) -> usize {
    width as usize * sizes.len()
}

#[cachefn]
fn words(texts: &[&str]) -> usize {
    texts.len()
}

#[cachefn]
fn shown(value: &dyn std::fmt::Display) -> String {
    value.to_string()
}

#[cachefn]
fn address(place: *const u8) -> usize {
    place as usize
}

#[cachefn]
fn conditional(id: u64, #[cfg(windows)] drive: char) -> u64 {
    id
}

fn main() {}
