//! The entrance of the repository: reads the command line and hands over to one command.

mod book;
mod command_line;
mod commands;
mod floors;
mod npm;
mod project;
mod run;
mod setup;
mod suites;
mod wasm;

use std::process::ExitCode;

use clap::Parser;
use command_line::{Action, CommandLine};

fn main() -> ExitCode {
    run::stop_children_with_us();
    let project = project::Project::at_run_time();
    let done = match CommandLine::parse().action {
        Action::Demo(options) => commands::demo(&project, &options),
        Action::Test(options) => commands::test(&project, &options),
        Action::Check => commands::check(&project),
        Action::Bench(options) => commands::bench(&project, &options),
        Action::Book => commands::book(&project),
        Action::Wasm => commands::wasm(&project),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            run::progress::say(format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
