use cachefn_core::cachefn;

#[cachefn]
const fn double(number: u64) -> u64 {
    number * 2
}

#[cachefn]
pub extern "C" fn triple(number: u64) -> u64 {
    number * 3
}

fn main() {
    const FOUR: u64 = double(2);
    assert_eq!(triple(FOUR), 12);
}
