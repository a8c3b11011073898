//! The words a user can type, with the help that explains them.

use clap::{Args, Parser, Subcommand};

/// Everything this repository can do. Each command installs what it needs first.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true, after_help = FIRST_STEPS)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Run real work through the cache, in Rust and in TypeScript
    ///
    /// Builds the Rust example and the npm package, then answers fuzzy look-ups of
    /// every identifier in the sources of the dependencies and compares a sample
    /// with the plain function.
    #[command(verbatim_doc_comment)]
    Demo(DemoOptions),
    /// Run every test suite, or the named ones
    ///
    /// One line a suite, with its time and its budget; the full output is in
    /// xtask-logs/ of the target folder. The last line is the total. A suite that
    /// ran no test, skipped one or got stuck counts as failed.
    #[command(after_help = TEST_EXAMPLES, verbatim_doc_comment)]
    Test(TestOptions),
    /// Check format, lints, floors and types: what to run before a commit
    Check,
    /// Measure cachefn beside its peers and print the tables
    ///
    /// Results are written to bench/results/. Whatever follows `--` is handed to the
    /// programs that measure.
    #[command(after_help = BENCH_EXAMPLES, verbatim_doc_comment)]
    Bench(BenchOptions),
    /// Build the WebAssembly engine of the npm package into npm/generated/
    Wasm,
}

#[derive(Args)]
pub(crate) struct DemoOptions {
    /// A shorter run of the same work
    #[arg(long)]
    pub(crate) quick: bool,
    /// Options for the demo programs, such as `-- --requests 5000`
    #[arg(last = true)]
    pub(crate) passed_on: Vec<String>,
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// The suites to run; a first word such as `npm` takes all that follow it
    #[arg(value_name = "SUITE")]
    pub(crate) suites: Vec<String>,
    /// Show the suites and stop
    #[arg(long)]
    pub(crate) list: bool,
    /// Run everything, and random tests with many more cases
    ///
    /// Adds the suites that need a toolchain of their own or minutes: miri,
    /// the orders of threads, fuzzing, the oldest Rust. Toolchains are
    /// installed as needed. Random tests read CACHEFN_LONG=1 and get ten
    /// times their budget.
    #[arg(long, verbatim_doc_comment)]
    pub(crate) long: bool,
}

#[derive(Args)]
pub(crate) struct BenchOptions {
    /// Which half to measure; both if none is named
    #[arg(value_name = "HALF", value_parser = ["rust", "js"])]
    pub(crate) halves: Vec<String>,
    /// Fewer and shorter rounds: shows the shape, not the last digit
    #[arg(long)]
    pub(crate) quick: bool,
    /// Options for the measuring programs
    #[arg(last = true)]
    pub(crate) passed_on: Vec<String>,
}

const FIRST_STEPS: &str = "\
Start with `cargo xtask demo`. It needs Rust and Node 20 or newer; the rest is
set up as needed.";

const TEST_EXAMPLES: &str = "\
Examples:
  cargo xtask test                 everything, as the CI does
  cargo xtask test core npm-node   two suites
  cargo xtask test npm             all suites of the npm package
  cargo xtask test --long --list   what there is, and how long it may take
  cargo xtask test --long fuzz     one minute for each fuzz target";

const BENCH_EXAMPLES: &str = "\
Examples:
  cargo xtask bench --quick rust
  cargo xtask bench js -- --only hit";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_help_text_fits_eighty_columns() {
        let mut command = CommandLine::command();
        command.build();
        let mut texts = vec![command.render_long_help(), command.render_help()];
        for command in command.get_subcommands_mut() {
            texts.extend([command.render_long_help(), command.render_help()]);
        }
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        for line in texts.iter().flat_map(|text| text.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(texts.len() > 10);
    }
}
