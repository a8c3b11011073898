//! The program `cachefn`, as a function: looks into the storages of caches, and changes them.

mod arguments;
mod census;
mod commands;
mod failure;
mod finding;
mod folding;
mod here;
mod input;
mod interrupt;
mod line;
mod loose;
mod magic;
mod output;
mod place;
mod progress;
mod replay;
mod screen;
mod service;
mod shown;
mod table;
mod target;
mod telling;
mod text;
mod tool_cache;
mod walk;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;
use here::Absent;
use interrupt::Interrupt;
use output::{Format, Output, tell, tell_styled};
use place::Opened;
use service::Whose;

/// Does what these words say, the first of which is the name of the program; the code to exit with.
///
/// It prints to the standard output and tells to the standard error. `cachefn --help` says what it can
/// do and what its codes mean.
///
/// ```
/// let code = cachefn::cli::run(["cachefn".into(), "--version".into()]);
/// assert_eq!(code, std::process::ExitCode::SUCCESS);
/// ```
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => return unparsed(&error),
    };
    let mut output = Output::new(arguments.json);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(command(&arguments, &mut output)),
        Err(error) => Err(Failure::Storage(format!("begin: {error}"))),
    };
    let ended = match (ended, output.end()) {
        (Ok(()), ended) => ended,
        (failed, _) => failed,
    };
    let Err(failure) = ended else { return ExitCode::SUCCESS };
    let text = failure.to_string();
    if !text.is_empty() {
        tell(&format!("cachefn: {text}"));
    }
    failure.code().into()
}

/// What opens a storage and what works on it is deep: each in a box of its own.
async fn command(arguments: &Arguments, output: &mut Output) -> Result<(), Failure> {
    let place = &arguments.place;
    let absent = match &arguments.command {
        Command::Completions(asked) => return commands::completions(asked, output),
        Command::Replay(asked) => return commands::replay(asked, output),
        Command::Doctor => {
            let doctor = Box::pin(commands::doctor(place, output));
            return Interrupt::ends(doctor).await;
        }
        Command::Set(_) | Command::Import(_) => Absent::Make,
        _ => Absent::Refuse,
    };
    let whose = match &arguments.command {
        Command::Stats | Command::Top(_) | Command::Export(_) => Whose::All,
        // A line for a key does not say whose it is.
        Command::Keys(_) | Command::Tags(_) if output.format != Format::Plain => Whose::All,
        _ => Whose::One,
    };
    let opened = Interrupt::ends(Box::pin(Opened::open(place, absent, whose))).await?;
    opened.damage.iter().for_each(|damage| tell(&format!("cachefn: damaged: {damage}")));
    let done = Box::pin(storage_command(arguments, &opened, output)).await;
    let closed = opened.close().await;
    done?;
    Ok(closed?)
}

async fn storage_command(
    arguments: &Arguments,
    opened: &Opened,
    output: &mut Output,
) -> Result<(), Failure> {
    let (interrupt, namespace) = (Interrupt::new(), arguments.place.namespace.as_deref());
    match &arguments.command {
        Command::Export(asked) => {
            interrupt.asks(commands::export(opened, asked, &interrupt, output)).await
        }
        Command::Import(asked) => {
            let import = commands::import(opened, asked, namespace, &interrupt, output);
            interrupt.asks(import).await
        }
        Command::Get(asked) => Interrupt::ends(commands::get(opened, asked, output)).await,
        Command::Set(asked) => Interrupt::ends(commands::set(opened, asked, output)).await,
        Command::Del(asked) => Interrupt::ends(commands::del(opened, asked, output)).await,
        Command::Keys(asked) => Interrupt::ends(commands::keys(opened, asked, output)).await,
        Command::Stats => Interrupt::ends(commands::stats(opened, output)).await,
        Command::Tags(asked) => Interrupt::ends(commands::tags(opened, asked, output)).await,
        Command::Invalidate(asked) => commands::invalidate(opened, asked, &interrupt, output).await,
        Command::Top(asked) => Interrupt::ends(commands::top(opened, asked, output)).await,
        // They were done before: they need no storage, or open several.
        Command::Replay(_) | Command::Completions(_) | Command::Doctor => Ok(()),
    }
}

/// Help, the version, or what is wrong with the words: what they quote may have a password in it.
fn unparsed(error: &clap::Error) -> ExitCode {
    let text = error.render();
    let is_shown = if error.use_stderr() {
        std::io::stderr().is_terminal() && console::colors_enabled_stderr()
    } else {
        std::io::stdout().is_terminal() && console::colors_enabled()
    };
    let text = if is_shown { text.ansi().to_string() } else { text.to_string() };
    if error.use_stderr() {
        tell_styled(text.trim_end());
        return ExitCode::from(2);
    }
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => Failure::from(error).code().into(),
    }
}
