//! A runtime that knows its tasks.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Runtime};

use crate::ends::Ends;
use crate::tasks::Tasks;

/// Any [`Runtime`], with its tasks counted, so that a leak is seen, and ended when the program does.
/// Clones share the count. [`TokioRuntime`](crate::TokioRuntime) is such a one already.
///
/// ```
/// use cachefn_core::{BoxFuture, Runtime};
/// use cachefn_tokio::{Counted, Ends};
/// use std::time::Duration;
///
/// struct Smol;
/// impl Runtime for Smol {
///     fn spawn(&self, task: BoxFuture<'static, ()>) {
///         smol::spawn(task).detach();
///     }
///     fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
///         Box::pin(async move {
///             smol::Timer::after(duration).await;
///         })
///     }
/// }
///
/// let runtime = Counted::new(Smol);
/// runtime.spawn_named("ticker", Box::pin(std::future::pending())); // never ends by itself
/// assert_eq!(runtime.tasks(), 1);
/// let errors = smol::block_on(runtime.end(Duration::ZERO));
/// assert_eq!(errors[0].to_string(), "end: 1 tasks had not ended in 0ns and were stopped (1 ticker)");
/// ```
#[derive(Clone)]
pub struct Counted {
    runtime: Arc<dyn Runtime>,
    tasks: Tasks,
}

impl Counted {
    /// Counts what the runtime is given through this.
    pub fn new(runtime: impl Runtime) -> Self {
        Counted { runtime: Arc::new(runtime), tasks: Tasks::default() }
    }

    /// How many tasks run.
    pub fn tasks(&self) -> usize {
        self.tasks.len()
    }
}

impl Runtime for Counted {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.spawn_named("", task);
    }

    fn spawn_named(&self, kind: &'static str, task: BoxFuture<'static, ()>) {
        self.runtime.spawn_named(kind, self.tasks.track(kind, task));
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.runtime.sleep(duration)
    }
}

impl Ends for Counted {
    fn name(&self) -> &str {
        "tasks"
    }

    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(self.tasks.end(&*self.runtime, deadline))
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").field("tasks", &self.tasks()).finish_non_exhaustive()
    }
}
