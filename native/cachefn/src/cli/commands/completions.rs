//! `cachefn completions`: what a shell needs to complete commands.

use clap::CommandFactory;

use crate::cli::arguments::{Arguments, Completions};
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// # Errors
/// When nobody reads.
pub(crate) fn completions(asked: &Completions, output: &mut Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut Arguments::command(), "cachefn", &mut script);
    output.bytes(&script)
}
