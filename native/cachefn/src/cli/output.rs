//! What a command prints: for people on a terminal, for programs elsewhere.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use console::{Style, Term};
use serde::Serialize;

use super::failure::Failure;
use super::folding::folded;
use super::table::Table;
use super::text::{harmless, without_logins};

/// The standard output.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    pub(crate) format: Format,
    is_terminal: bool,
}

/// As what results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// On a terminal: tables, cut to its width, and nothing that it would obey.
    People,
    /// To a pipe or a file: whole texts.
    Plain,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let format = match (json, is_terminal) {
            (true, _) => Format::Json,
            (false, true) => Format::People,
            (false, false) => Format::Plain,
        };
        Output { out: BufWriter::new(io::stdout().lock()), format, is_terminal }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// An object, in a line of its own.
    pub(crate) fn json(&mut self, object: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(object)
            .map_err(|error| Failure::Data(format!("print: {error}")))?;
        self.line(&text)
    }

    /// A line that holds nothing foreign.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")?;
        if self.is_terminal {
            self.out.flush()?;
        }
        Ok(())
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.out.write_all(bytes)?)
    }

    pub(crate) fn table(&mut self, table: &Table) -> Result<(), Failure> {
        let width = if self.is_terminal { self.width() } else { usize::MAX };
        for line in table.lines(width, &head()) {
            self.line(&line)?;
        }
        Ok(())
    }

    /// How many characters stand in a line.
    pub(crate) fn width(&self) -> usize {
        usize::from(Term::stdout().size().1).max(20)
    }

    /// How many lines a terminal shows.
    pub(crate) fn height(&self) -> usize {
        usize::from(Term::stdout().size().0).max(8)
    }

    /// Everything that was printed is on its way.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}

/// How names of columns look.
pub(crate) fn head() -> Style {
    Style::new().bold()
}

/// Tells something on the standard error, without the logins of urls and what a terminal would obey.
pub(crate) fn tell(text: &str) {
    for line in text.lines() {
        // A login must not be cut in two before it is found.
        let line = without_logins(&harmless(line));
        if io::stderr().is_terminal() {
            let width = usize::from(Term::stderr().size().1).max(20);
            folded(&line, width).iter().for_each(|line| tell_styled(line));
        } else {
            tell_styled(&line);
        }
    }
}

/// Tells a text that has colours, without the logins of urls. Nobody may be there to read it.
pub(crate) fn tell_styled(text: &str) {
    let _ = writeln!(io::stderr(), "{}", without_logins(text));
}
