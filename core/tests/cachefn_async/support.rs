//! What the tests count with and wait on.

use cachefn_core::{BoxFuture, Runtime};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Counts the runs of one test's body.
pub(crate) struct Runs(AtomicUsize);

impl Runs {
    pub(crate) const fn new() -> Runs {
        Runs(AtomicUsize::new(0))
    }

    /// Counts a run; its number, from 1.
    pub(crate) fn tick(&self) -> usize {
        self.0.fetch_add(1, SeqCst) + 1
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

/// Lets everybody else go first, once.
pub(crate) async fn pause() {
    let mut paused = false;
    poll_fn(|context| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// One poll by nobody in particular.
pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls all in turn until each has its result.
pub(crate) fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut tasks: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    for _ in 0..10_000 {
        for (task, result) in tasks.iter_mut().filter(|(_, result)| result.is_none()) {
            if let Poll::Ready(output) = poll(task.as_mut()) {
                *result = Some(output);
            }
        }
        if tasks.iter().all(|(_, result)| result.is_some()) {
            return tasks.into_iter().filter_map(|(_, result)| result).collect();
        }
    }
    panic!("somebody waits for ever");
}

/// How often this thread allocated while `call` ran.
pub(crate) fn allocations(call: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    call();
    ALLOCATIONS.with(Cell::get) - before
}

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call is passed on unchanged; counting touches only a thread-local number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}

/// The text of the panic that `call` ends with.
pub(crate) fn panic_of<R>(call: impl FnOnce() -> R) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).err();
    let text = panic.as_ref().and_then(|panic| panic.downcast_ref::<String>());
    text.expect("it panics with a text").clone()
}

/// The file that a panic is told to be in.
pub(crate) fn file_of_panic<R>(call: impl FnOnce() -> R) -> String {
    thread_local!(static FILE: RefCell<String> = RefCell::default());
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let file = panic.location().map_or("", |place| place.file());
            FILE.with_borrow_mut(|kept| *kept = file.into());
            usual(panic);
        }));
    });
    panic_of(call);
    FILE.take()
}

/// A thread for each task.
pub(crate) struct Threads;

impl Runtime for Threads {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        std::thread::spawn(|| pollster::block_on(task));
    }

    /// Never: no test waits for time.
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
