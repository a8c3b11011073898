//! The one error type: what failed, during which operation, and what to do about it.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

#[cfg(target_has_atomic = "ptr")]
mod causes;

/// What kind of failure an [`Error`] reports; equal to the `code` of the JavaScript package's errors.
///
/// ```
/// use cachefn_core::{ErrorKind, Glob};
/// let error = Glob::new("user:[1").unwrap_err();
/// assert_eq!((error.kind(), error.kind().to_string()), (ErrorKind::Glob, "glob".to_string()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value could not be turned into bytes, or bytes not into a value.
    Codec,
    /// A setting cannot work; the text says which and what would.
    Config,
    /// What a storage holds is damaged; the text says what became of it.
    Corrupt,
    /// A glob pattern cannot be parsed; the text names the position.
    Glob,
    /// A key cannot be used with a storage: it is longer than 64 KiB.
    Key,
    /// The cache was called from code that it runs under its own lock (`Hash`, `Eq`, `Clone`, a clock,
    /// the closure of `get_with`).
    Reentrant,
    /// Something took longer than it may.
    Timeout,
    /// An entry weighs more than the whole cache may.
    TooHeavy,
    /// Something the cache needs (memory, its storage) was refused for now.
    Unavailable,
    /// The storage cannot do this; the text says what it would take.
    Unsupported,
}

impl ErrorKind {
    /// The kind as text, the same in every language.
    ///
    /// ```
    /// assert_eq!(cachefn_core::ErrorKind::Config.as_str(), "config");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Codec => "codec",
            ErrorKind::Config => "config",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Glob => "glob",
            ErrorKind::Key => "key",
            ErrorKind::Reentrant => "reentrant",
            ErrorKind::Timeout => "timeout",
            ErrorKind::TooHeavy => "too-heavy",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An operation of the cache that could not be done. The text starts with the operation and never
/// contains a cached value. `Debug` is the same text, line by line, so that a `main` that returns the error
/// prints it to be read.
///
/// ```
/// use cachefn_core::{ErrorKind, MemoryCache};
///
/// let error = MemoryCache::<u64, u64>::builder().max_entries(0).build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert!(error.to_string().starts_with("build: max_entries is 0"));
/// assert_eq!(format!("{error:?}"), error.to_string());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Report);

/// Two words, so that a `Result` of it costs next to nothing.
#[derive(Clone, PartialEq, Eq)]
enum Report {
    /// Needs no memory: for the case that there is none.
    Fixed(&'static Fixed),
    Made(Box<Made>),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    pub(crate) kind: ErrorKind,
    pub(crate) operation: &'static str,
    pub(crate) detail: &'static str,
}

#[derive(Clone)]
struct Made {
    kind: ErrorKind,
    operation: &'static str,
    detail: String,
    /// Shared, because errors are cloned.
    #[cfg(target_has_atomic = "ptr")]
    source: Option<alloc::sync::Arc<dyn core::error::Error + Send + Sync>>,
}

/// Errors are equal when they say the same.
impl PartialEq for Made {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.operation, &self.detail) == (other.kind, other.operation, &other.detail)
    }
}

impl Eq for Made {}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: &'static str, detail: impl Into<String>) -> Self {
        Error(Report::Made(Box::new(Made {
            kind,
            operation,
            detail: detail.into(),
            #[cfg(target_has_atomic = "ptr")]
            source: None,
        })))
    }

    pub(crate) const fn fixed(error: &'static Fixed) -> Self {
        Error(Report::Fixed(error))
    }

    /// What kind of failure this is.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, Policy};
    /// assert_eq!("mru".parse::<Policy>().unwrap_err().kind(), ErrorKind::Config);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.parts().0
    }

    /// The operation that failed, such as `"build"` or `"set"`.
    ///
    /// ```
    /// assert_eq!("mru".parse::<cachefn_core::Policy>().unwrap_err().operation(), "policy");
    /// ```
    pub fn operation(&self) -> &'static str {
        self.parts().1
    }

    /// Whether the same call may succeed later without a change to its arguments.
    ///
    /// ```
    /// assert!(!"mru".parse::<cachefn_core::Policy>().unwrap_err().is_retryable());
    /// ```
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout | ErrorKind::Unavailable)
    }

    fn parts(&self) -> (ErrorKind, &'static str, &str) {
        match &self.0 {
            Report::Fixed(error) => (error.kind, error.operation, error.detail),
            Report::Made(error) => (error.kind, error.operation, &error.detail),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, operation, detail) = self.parts();
        write!(f, "{operation}: {detail}")
    }
}

/// The text, as it is shown: what a `main` prints that returns it is to be read. With `{:#?}`, its parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        let (kind, operation, detail) = self.parts();
        f.debug_struct("Error")
            .field("kind", &kind)
            .field("operation", &operation)
            .field("detail", &detail)
            .finish()
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0 {
            #[cfg(target_has_atomic = "ptr")]
            Report::Made(made) => made.source.as_deref().map(|source| source as _),
            _ => None,
        }
    }
}
