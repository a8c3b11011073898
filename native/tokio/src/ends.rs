//! What has to end in order when a program does.

use std::time::Duration;

use cachefn_core::{BoxFuture, Error};

/// Something that has work under way, and is to finish it before the program ends: a cache, a queue, a
/// connection.
///
/// ```
/// use cachefn_core::{BoxFuture, Error};
/// use cachefn_tokio::Ends;
/// use std::time::Duration;
///
/// struct Quiet;
/// impl Ends for Quiet {
///     fn name(&self) -> &str {
///         "nothing to do"
///     }
///     fn end(&self, _: Duration) -> BoxFuture<'_, Vec<Error>> {
///         Box::pin(async { Vec::new() })
///     }
/// }
/// assert!(pollster::block_on(Quiet.end(Duration::ZERO)).is_empty());
/// ```
pub trait Ends: Send + Sync + 'static {
    /// What it is called where the end is reported.
    fn name(&self) -> &str;

    /// Finishes what is under way, within the deadline if it can; ends every task of its own; says
    /// every error. What was left is an error too. Called twice, it has nothing more to do.
    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>>;
}
