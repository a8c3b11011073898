//! The program `cachefn`: `cachefn --help` says what it can do.

use std::process::ExitCode;

fn main() -> ExitCode {
    cachefn::cli::run(std::env::args_os())
}
