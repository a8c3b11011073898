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
    /// with the plain function. In between a process that keeps its answers in a
    /// file is killed, and started again. With --web, a page that shows the same
    /// and more.
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
    /// Figures and plots are written to bench/results/. Whatever follows `--`
    /// is handed to the programs that measure.
    #[command(verbatim_doc_comment, after_help = BENCH_EXAMPLES)]
    Bench(BenchOptions),
    /// Make a book of the guide, into book/ of the target folder
    ///
    /// The first time it compiles mdBook, for some minutes.
    Book,
    /// Build the WebAssembly engine of the npm package into npm/generated/
    Wasm,
}

#[derive(Args)]
pub(crate) struct DemoOptions {
    /// A shorter run of the same work
    #[arg(long)]
    pub(crate) quick: bool,
    /// Serve the playground instead: real work in a page
    ///
    /// Prints its address on this machine, and serves until Ctrl-C; a port is
    /// chosen with `-- --port 8080`.
    #[arg(long, verbatim_doc_comment, conflicts_with = "quick")]
    pub(crate) web: bool,
    /// With --web: look whether everything is there, and end
    #[arg(long, requires = "web")]
    pub(crate) check: bool,
    /// Run a shop instead: two instances, one Redis, which is stopped
    ///
    /// 64 clients ask all the while; a table tells what they saw with Redis,
    /// without it and when it is back. Then: what Prometheus was told, a
    /// trace, and a command that makes both forget a price.
    #[arg(long, verbatim_doc_comment, conflicts_with = "web")]
    pub(crate) service: bool,
    /// Options for the demo programs, such as `-- --requests 5000`
    #[arg(last = true)]
    pub(crate) passed_on: Vec<String>,
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// The suites to run; `npm` takes all that begin with it
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
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BenchOptions {
    #[command(subcommand)]
    pub(crate) instead: Option<BenchAction>,
    /// Measure these, or all
    ///
    /// file and redis are the parts of the Rust half about these storages.
    #[arg(value_name = "HALF", value_parser = ["rust", "file", "redis", "js"])]
    pub(crate) halves: Vec<String>,
    /// Fewer, shorter rounds: the shape, not the last digit
    #[arg(long)]
    pub(crate) quick: bool,
    /// The measurements, such as P3,J2; all unless named
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Where JavaScript runs; the installed Node unless named
    ///
    /// node20 (or what is installed), node24, bun, deno, chromium, firefox,
    /// or all of them. What is missing is set up.
    #[arg(long, value_name = "NAME", value_delimiter = ',', verbatim_doc_comment)]
    pub(crate) runtime: Vec<String>,
    /// Write the plots to docs/plots/, too
    #[arg(long)]
    pub(crate) plots: bool,
    /// Options for the measuring programs
    #[arg(last = true)]
    pub(crate) passed_on: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum BenchAction {
    /// Replay your own requests: hit ratios over the size of the cache
    ///
    /// Every policy of cachefn, the libraries and the best that is possible,
    /// as a table, and as a plot in bench/results/replay.svg.
    #[command(verbatim_doc_comment)]
    Replay(ReplayOptions),
}

#[derive(Args)]
pub(crate) struct ReplayOptions {
    /// A key a line, or numbers of 32 bits (NAME.u32); plain or zstd
    pub(crate) file: std::path::PathBuf,
    /// Sizes: entries, or a share of the keys such as 1%
    #[arg(long, value_name = "N|P%", value_delimiter = ',')]
    pub(crate) capacity: Vec<String>,
    /// Policies of cachefn to replay; all unless named
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) policies: Vec<String>,
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
  cargo xtask bench --only P3,J2
  cargo xtask bench file redis
  cargo xtask bench js --runtime node24,firefox
  cargo xtask bench js --only J1 -- --cells integer
  cargo xtask bench replay keys.txt --capacity 1000,5%";

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
