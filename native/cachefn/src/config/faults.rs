//! What is wrong with a configuration: all of it at once, each with its place and what to write instead.

use std::fmt;

use cachefn_core::Error;

use super::place::Place;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The file, or the variable of the environment.
    pub source: String,
    /// The line in the file, from 1 on.
    pub line: Option<usize>,
    /// The setting, such as `services.users.ttl`; empty for the file as a whole.
    pub path: String,
    /// What is wrong, without what was written.
    pub problem: String,
    /// What to do.
    pub suggestion: String,
}

/// Everything that is wrong with a configuration; shown as a line for each fault, by `Debug`, too, so that a `main` that
/// returns it prints what is to be read.
///
/// ```
/// use cachefn::config::Config;
/// let error = Config::read("[services.users]\ntll = 5\nl1.max_entries = \"many\"\n").unwrap_err();
/// assert_eq!(error.faults.len(), 2);
/// assert_eq!(error.faults[0].line, Some(2));
/// assert!(error.to_string().contains("did you mean `ttl`?"));
/// assert_eq!(format!("{error:?}"), error.to_string());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// What was read.
    pub file: String,
    /// All that is wrong, in the order of the lines.
    pub faults: Vec<Fault>,
}

impl Fault {
    pub(super) fn at(place: &Place, path: &str, problem: String, suggestion: String) -> Self {
        let Place { source, line } = place;
        Fault { source: source.to_string(), line: *line, path: path.into(), problem, suggestion }
    }
}

impl ConfigError {
    pub(super) fn new(file: &str, mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| (fault.line.is_none(), fault.line, fault.path.clone()));
        ConfigError { file: file.into(), faults }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if !self.path.is_empty() {
            write!(f, "{} ", self.path)?;
        }
        write!(f, "{}; {}", self.problem, self.suggestion)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = match self.faults.len() {
            1 => "1 fault".into(),
            more => format!("{more} faults"),
        };
        write!(f, "load {}: {count}", self.file)?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

/// The text, as it is shown. With `{:#?}`, its parts.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        let ConfigError { file, faults } = self;
        f.debug_struct("ConfigError").field("file", file).field("faults", faults).finish()
    }
}

impl std::error::Error for ConfigError {}

/// For who has one kind of error: the same text, of kind `config`.
impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        let text = error.to_string();
        Error::config("load", text.strip_prefix("load ").unwrap_or(&text).to_string())
    }
}
