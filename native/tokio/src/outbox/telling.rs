//! Messages that follow what waits.

use cachefn_core::Message;

/// A message, and the number of the bus that it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    pub(crate) bus: usize,
    pub(crate) message: Message,
}

/// A message without its bus.
#[derive(Debug)]
pub(crate) struct Stranded {
    pub(super) telling: Telling,
    /// Another bus has told it.
    pub(super) is_told: bool,
}

/// The outermost of the namespaces that one is in, to which its tags belong.
pub(super) fn scope(namespace: &str) -> &str {
    namespace.split('/').next().unwrap_or_default()
}
