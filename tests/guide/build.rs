//! Each program of the tutorial as a file, as a reader copies it.

use std::path::Path;
use std::{env, fs};

const PAGE: &str = "../../docs/guide/tutorial.md";

fn main() {
    println!("cargo:rerun-if-changed={PAGE}");
    let page = fs::read_to_string(PAGE).expect("the page is there");
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    for (at, block) in page.split("```rust\n").enumerate().skip(1) {
        let (program, _) = block.split_once("```").expect("a block ends");
        let file = Path::new(&folder).join(format!("step_{at}.rs"));
        fs::write(file, program).expect("a file can be written");
    }
}
