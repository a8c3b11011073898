//! Many tasks call a cache whose storage may break, and the program shows what they felt of it.
//!
//! ```text
//! cargo run --release -p cachefn-tokio --example stress -- --concurrency 50 --duration 10
//! cargo run --release -p cachefn-tokio --example stress -- --faults
//! ```

mod callers;
mod faults;
mod histogram;
mod options;
mod place;
mod plot;
mod report;
mod run;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use options::{Asked, Options};

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Asked::Run(options)) => options,
        Ok(Asked::Help) => {
            println!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(text) => {
            eprintln!("{text}\n\n{}", options::HELP);
            return ExitCode::FAILURE;
        }
    };
    match run::run(&options, &mut |line| println!("{line}")) {
        Ok(report) => {
            println!("\n{report}");
            if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
