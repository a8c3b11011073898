//! tokio as the runtime of a cache.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Runtime};
use tokio::runtime::Handle;

use crate::ends::Ends;
use crate::tasks::Tasks;

/// tokio, for what a cache does beside its callers: fetches in the background, time limits. Its tasks are
/// counted. Clones share the count.
///
/// ```
/// use cachefn_core::{Cache, Error};
/// use cachefn_tokio::TokioRuntime;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Error> {
/// let runtime = TokioRuntime::current()?;
/// let builder = Cache::<u64, u64>::builder("squares").runtime(runtime.clone());
/// let squares = builder.load_timeout(Duration::from_secs(5)).build()?;
/// assert_eq!(squares.get_or_fetch_shared(&3, || async { 9 }).await, 9);
/// # tokio::task::yield_now().await;
/// assert_eq!(runtime.tasks(), 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TokioRuntime {
    handle: Handle,
    /// Whether a caller's own runtime is taken instead, where there is one.
    follows: bool,
    tasks: Tasks,
}

impl TokioRuntime {
    /// The runtime that this is called in. A caller that is in another one later uses that: so a cache in
    /// a `static` outlives the runtime of the test that was the first to use it.
    ///
    /// # Errors
    /// Of kind `config` outside of a runtime, and in one without timers.
    ///
    /// ```
    /// let error = cachefn_tokio::TokioRuntime::current().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "runtime: not called in a tokio runtime; call it in an async fn, or use TokioRuntime::new(handle)",
    /// );
    /// ```
    pub fn current() -> Result<Self, Error> {
        let outside = "not called in a tokio runtime; call it in an async fn, or use TokioRuntime::new(handle)";
        let handle = Handle::try_current().map_err(|_| Error::config("runtime", outside))?;
        // Only by a panic does tokio tell that it has no timers.
        let timer = || drop(tokio::time::sleep(Duration::ZERO));
        let timeless = "this tokio runtime has no timers; build it with enable_time()";
        catch_unwind(AssertUnwindSafe(timer)).map_err(|_| Error::config("runtime", timeless))?;
        let runtime = TokioRuntime { handle, follows: true, tasks: Tasks::default() };
        Ok(runtime)
    }

    /// The runtime of this handle, from wherever it is called. It must have timers (`enable_time`), and
    /// live for as long as the cache is used.
    ///
    /// ```
    /// use cachefn_tokio::TokioRuntime;
    /// let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    /// let runtime = TokioRuntime::new(tokio.handle().clone());
    /// assert_eq!(runtime.tasks(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(handle: Handle) -> Self {
        TokioRuntime { handle, follows: false, tasks: Tasks::default() }
    }

    /// How many tasks run that a cache, a bus or a queue has begun here.
    pub fn tasks(&self) -> usize {
        self.tasks.len()
    }

    fn with<T>(&self, use_it: impl FnOnce(&Handle) -> T) -> T {
        match Handle::try_current() {
            Ok(current) if self.follows => use_it(&current),
            _ => use_it(&self.handle),
        }
    }
}

impl Runtime for TokioRuntime {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.spawn_named("", task);
    }

    fn spawn_named(&self, kind: &'static str, task: BoxFuture<'static, ()>) {
        let task = self.tasks.track(kind, task);
        self.with(|handle| drop(handle.spawn(task)));
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.with(|handle| {
            // A timer belongs to the runtime in which it is made.
            let _inside = handle.enter();
            Box::pin(tokio::time::sleep(duration))
        })
    }
}

impl Ends for TokioRuntime {
    fn name(&self) -> &str {
        "tasks"
    }

    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(self.tasks.end(self, deadline))
    }
}

impl fmt::Debug for TokioRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokioRuntime").field("tasks", &self.tasks()).finish_non_exhaustive()
    }
}
