//! The demo in Rust: a fuzzy search for every identifier of the dependencies' sources, cached.

mod arguments;
mod corpus;
mod lexer;
mod lookup;
mod measure;
mod optimum;
mod progress;
mod random;
mod remember;
mod replay;
mod report;
mod restart;
mod rival;
mod search;
mod sources;
mod stream;
mod text;

use std::process::ExitCode;

use anyhow::Result;
use arguments::Command;
use corpus::Corpus;
use lookup::CAPACITY;
use report::Report;
use search::Dictionary;

fn main() -> ExitCode {
    let ended = match arguments::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!("{}", arguments::HELP);
            Ok(true)
        }
        Ok(Command::Run(options)) => run(&options),
        Err(error) => Err(error),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether all sampled answers were right.
fn run(options: &arguments::Options) -> Result<bool> {
    if let (Some(file), Some(path)) = (&options.remember, &options.stream) {
        let corpus = stream::read(path)?;
        lookup::install(Dictionary::most_frequent(&corpus)?);
        return remember::run(&corpus, options.requests, file).map(|()| true);
    }
    let sources = sources::find()?;
    let path = options.stream.clone().unwrap_or_else(|| stream::default_path(&sources.root));
    if options.restart && path.exists() {
        return restart::run(&path, options.requests);
    }
    println!("Reading the sources of {} packages ...", sources.packages);
    let corpus = Corpus::read(&sources.files)?;
    stream::write(&corpus, &path)?;
    if options.stream_only {
        return Ok(true);
    }
    if options.restart {
        return restart::run(&path, options.requests);
    }
    lookup::install(Dictionary::most_frequent(&corpus)?);
    println!("{}", report::opening(&corpus));

    let requests = options.requests.min(corpus.stream.len());
    let stream = &corpus.stream[..requests];
    let replay = replay::run(&corpus, stream);
    let timings = measure::timings(&corpus, stream, &replay);
    let report = Report {
        unique: corpus::unique(stream),
        lru_hits: rival::lru_hits(stream, CAPACITY)?,
        optimum_hits: optimum::hits(stream, CAPACITY),
        replay,
        timings,
    };
    stream::write_facts(&corpus, &report, &path)?;
    print!("{report}");
    Ok(report.timings.different == 0)
}
