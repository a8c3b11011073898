//! What was wrong with a log when it was opened.

use std::fmt;
use std::path::PathBuf;

/// What was wrong with a log, and what became of it.
///
/// ```
/// use cachefn_tokio::LogDamage;
/// let cut = LogDamage::Cut { file: "log/00000001.log".into(), bytes: 7 };
/// assert_eq!(cut.to_string(), "log/00000001.log: 7 bytes at its end were no whole line and are cut off");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogDamage {
    /// The process ended in the middle of a line: it was never acknowledged as durable.
    Cut {
        /// The file.
        file: PathBuf,
        /// So many bytes.
        bytes: usize,
    },
    /// A file was changed or damaged. Its whole lines are used; what the others said is not known.
    SetAside {
        /// The file.
        file: PathBuf,
        /// Where it lies now, to be looked at.
        kept_as: PathBuf,
    },
}

impl fmt::Display for LogDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogDamage::Cut { file, bytes } => {
                let file = file.display();
                write!(f, "{file}: {bytes} bytes at its end were no whole line and are cut off")
            }
            LogDamage::SetAside { file, kept_as } => {
                let (file, kept_as) = (file.display(), kept_as.display());
                write!(f, "{file}: it is damaged and kept as {kept_as}; its whole lines are used")
            }
        }
    }
}
