//! Runs futures together, one step at a time, in an order that follows from a seed.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use cachefn_core::BoxFuture;

use crate::random::Random;

/// Drives all futures to their ends and gives their values in the order of the list. Each step polls
/// one that is ready to go on, drawn from the seed: the same seed tries the same order again.
///
/// It needs no executor of its own kind; whoever awaits it drives all.
///
/// ```
/// use cachefn_conformance::{interleaved, yield_now};
/// use std::sync::Mutex;
///
/// let order = |seed| {
///     let steps = Mutex::new(Vec::new());
///     let steps_of = |name| {
///         let steps = &steps;
///         Box::pin(async move {
///             for _ in 0..3 {
///                 steps.lock().unwrap().push(name);
///                 yield_now().await;
///             }
///             name
///         }) as cachefn_core::BoxFuture<'_, char>
///     };
///     let ends = pollster::block_on(interleaved(seed, vec![steps_of('a'), steps_of('b')]));
///     assert_eq!(ends, ['a', 'b']);
///     steps.into_inner().unwrap()
/// };
/// assert_eq!(order(1), order(1));
/// assert!((2..99).any(|seed| order(seed) != order(1)));
/// ```
pub async fn interleaved<T>(seed: u64, futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    run(seed, futures, Some(STEPS)).await
}

/// Lets others go on: pends once and is ready at once.
///
/// ```
/// let value = pollster::block_on(async {
///     cachefn_conformance::yield_now().await;
///     7
/// });
/// assert_eq!(value, 7);
/// ```
pub async fn yield_now() {
    pend(1).await;
}

/// Pends for so many polls, each of which asks for the next.
pub(crate) async fn pend(mut polls: usize) {
    poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// As [`interleaved`]. `steps`: after how many the executor gets its turn. Some executors let a task
/// do only so much between two turns, and would be waited for in vain. Without, it pends only if all
/// futures do.
pub(crate) async fn run<T>(
    seed: u64,
    futures: Vec<BoxFuture<'_, T>>,
    steps: Option<usize>,
) -> Vec<T> {
    let caller = Arc::new(Mutex::new(None));
    let mut random = Random(seed);
    let mut ends: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut tasks: Vec<(usize, Arc<Ready>, BoxFuture<'_, T>)> = futures
        .into_iter()
        .enumerate()
        .map(|(place, future)| {
            let ready = Ready { ready: AtomicBool::new(true), caller: Arc::clone(&caller) };
            (place, Arc::new(ready), future)
        })
        .collect();
    poll_fn(|context| {
        *caller.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        for step in 0.. {
            let able: Vec<usize> =
                (0..tasks.len()).filter(|&index| tasks[index].1.is_ready()).collect();
            if tasks.is_empty() {
                return Poll::Ready(());
            } else if able.is_empty() {
                return Poll::Pending;
            } else if steps == Some(step) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let index = able[random.index(able.len())];
            let (place, ready, future) = &mut tasks[index];
            ready.ready.store(false, Ordering::Release);
            let waker = Waker::from(Arc::clone(ready));
            if let Poll::Ready(end) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                ends[*place] = Some(end);
                drop(tasks.swap_remove(index));
            }
        }
        Poll::Pending
    })
    .await;
    ends.into_iter().map(|end| end.expect("a task leaves the list when it has its end")).collect()
}

/// What wakes one of the futures: it may be polled again, and so must the caller.
struct Ready {
    ready: AtomicBool,
    caller: Arc<Mutex<Option<Waker>>>,
}

impl Ready {
    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.ready.store(true, Ordering::Release);
        let caller = self.caller.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(caller) = caller {
            caller.wake();
        }
    }
}

const STEPS: usize = 64;
