use cachefn_core::cachefn;

#[cachefn]
fn append(list: &mut Vec<u64>, number: u64) -> usize {
    list.push(number);
    list.len()
}

#[cachefn(key = "{number}")]
fn maybe_append(list: Option<&mut Vec<u64>>, number: u64) -> usize {
    list.map_or(0, |list| {
        list.push(number);
        list.len()
    })
}

fn main() {}
