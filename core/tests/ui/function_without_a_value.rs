use cachefn_core::cachefn;

#[cachefn]
fn tell(text: &str) {
    println!("{text}");
}

#[cachefn]
fn unit(text: &str) -> () {
    println!("{text}");
}

#[cachefn]
fn never(text: &str) -> ! {
    panic!("{text}")
}

fn main() {}
