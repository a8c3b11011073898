//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Run(Options),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// How many identifiers to look up at most, from the beginning of the stream.
    pub(crate) requests: usize,
    /// Where the stream is written for the JavaScript half.
    pub(crate) stream: Option<PathBuf>,
    /// To write the stream and do no more.
    pub(crate) stream_only: bool,
    /// To show that answers outlive the process that computed them.
    pub(crate) restart: bool,
    /// To be one of these processes, with its answers in this file.
    pub(crate) remember: Option<PathBuf>,
}

/// # Errors
/// An unknown argument, or a value that is missing or no number.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command> {
    let mut options = Options {
        requests: REQUESTS,
        stream: None,
        stream_only: false,
        restart: false,
        remember: None,
    };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--requests" => options.requests = requests(arguments.next())?,
            "--stream" | "--remember" => {
                let needs = || format!("{argument} needs the path of a file");
                let file = Some(arguments.next().with_context(needs)?.into());
                match argument.as_str() {
                    "--stream" => options.stream = file,
                    _ => options.remember = file,
                }
            }
            "--restart" => options.restart = true,
            "--stream-only" => options.stream_only = true,
            other => bail!("unknown argument {other:?}; --help shows what there is"),
        }
    }
    if options.remember.is_some() && options.stream.is_none() {
        bail!("--remember needs --stream, too: the words that it asks for");
    }
    Ok(Command::Run(options))
}

fn requests(text: Option<String>) -> Result<usize> {
    let number = text.as_deref().map(|text| text.replace('_', "").parse());
    match number {
        Some(Ok(number)) if number > 0 => Ok(number),
        _ => bail!("--requests needs a whole number from 1 up, such as 500000"),
    }
}

/// The stream of today's dependencies is shorter; the bound keeps the demo short when they grow.
const REQUESTS: usize = 1_500_000;

pub(crate) const HELP: &str = "\
Looks up the nearest dictionary words of every identifier in the sources of the
dependencies, through a cached function, and shows what the cache was worth.

    cargo run --release -p identifiers -- [OPTIONS]

  --requests N    look up the first N identifiers only (default 1500000)
  --stream FILE   where to write the identifiers for the JavaScript half
                  (default target/identifiers/stream.bin)
  --stream-only   write that file and look nothing up
  --restart       kill a process that keeps its answers in a file, and start it
                  again: for at most N different identifiers
  --remember FILE be such a process; reads the file of --stream
";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Command> {
        parse(words.iter().map(ToString::to_string))
    }

    #[test]
    fn every_option_is_read() {
        let options = Options {
            requests: 50_000,
            stream: Some("a.bin".into()),
            stream_only: true,
            restart: true,
            remember: Some("a.db".into()),
        };
        let read = parsed(&[
            "--requests",
            "50_000",
            "--stream",
            "a.bin",
            "--stream-only",
            "--restart",
            "--remember",
            "a.db",
        ]);
        assert_eq!(read.expect("all are right"), Command::Run(options));
    }

    #[test]
    fn wrong_arguments_say_what_to_do() {
        for (words, advice) in [
            (&["--request", "5"][..], "unknown argument \"--request\"; --help shows what there is"),
            (&["--remember"], "--remember needs the path of a file"),
            (&["--remember", "a.db"], "--remember needs --stream, too: the words that it asks for"),
            (&["--requests", "0"], "--requests needs a whole number from 1 up, such as 500000"),
            (&["--requests"], "--requests needs a whole number from 1 up, such as 500000"),
            (&["--stream"], "--stream needs the path of a file"),
        ] {
            assert_eq!(parsed(words).expect_err("wrong").to_string(), advice);
        }
    }
}
