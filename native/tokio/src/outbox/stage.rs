//! How far an outbox has come.

/// From its beginning to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It takes calls.
    #[default]
    Open,
    /// It refuses them, and writes what came before.
    Ending,
    /// Nobody writes any more.
    Ended,
}
