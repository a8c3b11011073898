use cachefn_core::cachefn;

trait Load {
    #[cachefn]
    fn load(id: u64) -> u64;
}

fn main() {}
