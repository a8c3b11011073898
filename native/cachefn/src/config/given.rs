//! What a configuration was read with besides its file.

use std::fmt;

/// The environment that was given instead of that of the process. It may hold secrets, and is no part of what a
/// configuration says: all are equal, and none is shown.
#[derive(Clone, Default)]
pub struct Given(pub(super) Option<Vec<(String, String)>>);

impl PartialEq for Given {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "hidden" } else { "the process" })
    }
}
