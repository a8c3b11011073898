//! Many services, and reports of them now and then.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;

use cachefn_core::Runtime;
#[cfg(feature = "tokio")]
use cachefn_core::{BoxFuture, Error};
#[cfg(feature = "tokio")]
use cachefn_tokio::Ends;

use super::observation::Observation;

/// The observations of a program. Clones are the same.
///
/// ```
/// use cachefn::telemetry::{Observations, observe};
///
/// let cache = cachefn::Cache::<u64, u64>::builder("numbers").build()?;
/// let observations = Observations::default();
/// observations.add(observe(&cache, "numbers"));
/// observations.report(); // where the exporter is asked, just before it answers
/// assert_eq!(observations.services(), ["numbers"]);
/// # Ok::<(), cachefn::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Observations(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    list: Vec<Arc<Observation>>,
}

impl Observations {
    /// Adds one; of the same service, it takes the place of the one before it.
    pub fn add(&self, observation: Observation) {
        let service = observation.service();
        let mut inner = lock(&self.0);
        let gone = inner.list.iter().position(|known| known.service() == service);
        let gone = gone.map(|at| inner.list.remove(at));
        inner.list.push(Arc::new(observation));
        drop(inner);
        drop(gone); // with its cache perhaps, whose values are foreign code
    }

    /// Observes a service no more; whether it did.
    pub fn remove(&self, service: &str) -> bool {
        let mut inner = lock(&self.0);
        let gone = inner.list.iter().position(|known| known.service() == service);
        let gone = gone.map(|at| inner.list.remove(at));
        drop(inner);
        gone.is_some()
    }

    /// The names of the services, in the order in which they were added.
    pub fn services(&self) -> Vec<String> {
        lock(&self.0).list.iter().map(|observation| observation.service().into()).collect()
    }

    /// Tells all of them.
    pub fn report(&self) {
        let list = lock(&self.0).list.clone();
        list.iter().for_each(|observation| observation.report());
    }

    /// Tells all of them now and after each interval, until the guard is dropped; with the last clone of
    /// the observations gone it ends, too.
    ///
    /// ```
    /// use cachefn::telemetry::Observations;
    /// use cachefn::tokio::TokioRuntime;
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cachefn::Error> {
    /// let (observations, runtime) = (Observations::default(), TokioRuntime::current()?);
    /// let reporting = observations.report_every(Duration::from_secs(10), runtime.clone());
    /// assert_eq!(runtime.tasks(), 1);
    /// drop(reporting);
    /// tokio::task::yield_now().await;
    /// assert_eq!(runtime.tasks(), 0);
    /// # Ok(()) }
    /// ```
    pub fn report_every(&self, interval: Duration, runtime: impl Runtime) -> Reporting {
        let end = Arc::new(Mutex::new(End::default()));
        let (runtime, told) = (Arc::new(runtime), Arc::clone(&end));
        let observations = Arc::downgrade(&self.0);
        let sleeper = Arc::clone(&runtime);
        runtime.spawn(Box::pin(async move {
            while report(&observations) {
                let mut sleep = sleeper.sleep(interval);
                let ended = poll_fn(|context| {
                    let mut end = lock(&told);
                    if end.is_ended {
                        return Poll::Ready(true);
                    }
                    end.waker = Some(context.waker().clone());
                    drop(end);
                    sleep.as_mut().poll(context).map(|()| false)
                });
                if ended.await {
                    report(&observations);
                    return;
                }
            }
        }));
        Reporting(end)
    }
}

/// Keeps the reports coming; dropping it ends them, after a last one. As a part of a `Shutdown` it ends with that.
#[must_use = "dropping it ends the reports"]
pub struct Reporting(Arc<Mutex<End>>);

#[derive(Default)]
struct End {
    is_ended: bool,
    waker: Option<Waker>,
}

impl Reporting {
    fn stop(&self) {
        let mut end = lock(&self.0);
        end.is_ended = true;
        let waker = end.waker.take();
        drop(end);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Reporting {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(feature = "tokio")]
impl Ends for Reporting {
    fn name(&self) -> &str {
        "metrics"
    }

    fn end<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        self.stop();
        Box::pin(async { Vec::new() })
    }
}

fn report(observations: &Weak<Mutex<Inner>>) -> bool {
    let observations = observations.upgrade().map(Observations);
    observations.as_ref().map(Observations::report).is_some()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Observations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observations").field(&self.services()).finish()
    }
}

impl fmt::Debug for Reporting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporting").finish_non_exhaustive()
    }
}
