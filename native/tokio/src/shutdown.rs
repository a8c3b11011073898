//! The end of a program, in order: what is under way is finished, and nothing runs on.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{Clock, Runtime, SystemClock};

use crate::ended::{Ended, PartEnded};
use crate::ending::{Part, end_all};
use crate::ends::Ends;
use crate::lock::Lock;

/// Where whatever has to end is registered: caches, queues, buses. Clones share the list.
///
/// Parts that were [added](Self::add) one after the other end beside each other: first all are drained, because
/// they may share a storage, and then all are ended. [`then`](Self::then) begins the
/// next step, for what the ones before it still need. The tasks of the runtime come last.
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_core::{Cache, Postcard};
/// use cachefn_tokio::{Shutdown, TokioRuntime};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// let runtime = TokioRuntime::current()?;
/// let shutdown = Shutdown::new(runtime.clone());
/// let builder = Cache::<u64, String>::builder("users").runtime(runtime.clone());
/// let users = builder.storage(MapStorage::new()).codec(Postcard).build()?;
/// shutdown.add(users.clone());
///
/// users.set(7, "Ada".into()).await?;
/// let ended = shutdown.end(Duration::from_secs(10)).await; // after tokio::signal::ctrl_c(), for example
/// assert!(ended.is_clean(), "{ended}");
/// assert_eq!(runtime.tasks(), 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Shutdown(Arc<Inner>);

struct Inner {
    runtime: Arc<dyn Runtime>,
    tasks: Part,
    clock: Box<dyn Clock + Send + Sync>,
    steps: Lock<Vec<Vec<Part>>>,
}

impl Shutdown {
    /// An empty list. The runtime measures the time, and its tasks are what ends last.
    pub fn new(runtime: impl Runtime + Ends + Clone) -> Self {
        Self::with_clock(runtime, SystemClock::new())
    }

    /// The same with another clock.
    pub fn with_clock(
        runtime: impl Runtime + Ends + Clone,
        clock: impl Clock + Send + Sync + 'static,
    ) -> Self {
        let tasks: Part = Arc::new(runtime.clone());
        let (clock, steps) = (Box::new(clock), Lock::new(vec![Vec::new()]));
        Shutdown(Arc::new(Inner { runtime: Arc::new(runtime), tasks, clock, steps }))
    }

    /// Registers what has to end, beside those added since the last [`then`](Self::then).
    pub fn add(&self, part: impl Ends) -> &Self {
        let part: Part = Arc::new(part);
        if let Some(step) = self.0.steps.lock().last_mut() {
            step.push(part);
        }
        self
    }

    /// What is added from now on ends when all before it has ended: a queue after the caches that write to it, for
    /// example.
    pub fn then(&self) -> &Self {
        self.0.steps.lock().push(Vec::new());
        self
    }

    /// Ends all of it within the deadline, and tells of each part what went wrong.
    ///
    /// Each step has an equal share of the time that is left when it begins, so that a part that hangs leaves time
    /// for those after it. One with a part that [needs time](Ends::needs_time), as an outbox in which something waits,
    /// has 18 such shares: before storages and tasks, nine tenths of what is left. What has not ended in its time is
    /// given up, named among [`Ended::left`], and the next step begins all the same. When this returns, every task of
    /// the runtime has been stopped; one that another thread is polling at that moment goes with that poll.
    pub async fn end(&self, deadline: Duration) -> Ended {
        let inner = &*self.0;
        let mut steps = std::mem::take(&mut *inner.steps.lock());
        inner.steps.lock().push(Vec::new());
        steps.retain(|step| !step.is_empty());
        steps.push(vec![inner.tasks.clone()]);
        let began = inner.clock.mono_ms();
        let passed = || Duration::from_millis(inner.clock.mono_ms().saturating_sub(began));
        let mut parts: Vec<PartEnded> = Vec::new();
        for at in 0..steps.len() {
            let share = share(deadline.saturating_sub(passed()), &steps[at..]);
            parts.extend(end_all(&*inner.runtime, share, passed, &steps[at]).await);
        }
        Ended::new(parts)
    }
}

/// What the first of these steps has of the time that is left.
fn share(left: Duration, steps: &[Vec<Part>]) -> Duration {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let mut needs = steps.iter().map(|step| step.iter().any(|part| needs_time(&**part)));
    if !needs.next().unwrap_or(false) {
        return left / count(steps.len());
    }
    let others = needs.filter(|needs| !needs).count();
    let shares = MANY * (steps.len() - others) + others;
    left / count(shares) * count(MANY)
}

fn needs_time(part: &dyn Ends) -> bool {
    catch_unwind(AssertUnwindSafe(|| part.needs_time())).unwrap_or(false)
}

/// So many shares has a step that needs time.
const MANY: usize = 18;

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.0.steps.lock().clone();
        let names: Vec<Vec<&str>> =
            steps.iter().map(|step| step.iter().map(|part| part.name()).collect()).collect();
        f.debug_tuple("Shutdown").field(&names).finish()
    }
}
