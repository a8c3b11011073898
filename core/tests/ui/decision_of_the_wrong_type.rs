use cachefn_core::cachefn;

#[cachefn(cache_if = |value| value.len())]
fn counted(id: u64) -> String {
    id.to_string()
}

#[cachefn(cache_errors = |error| error.is_empty())]
fn failed(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {}
