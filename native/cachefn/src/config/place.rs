//! Where a setting stands.

use std::sync::Arc;

/// Where something is written: a line of a file, or a variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) source: Arc<str>,
    pub(super) line: Option<usize>,
}
