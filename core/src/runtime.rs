//! What a cache may ask of an executor: to run something beside its callers, and to wait.

use core::time::Duration;

use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};

/// An executor, where there is one. A cache works without: then the callers drive everything
/// themselves, nothing runs in the background, and time limits of loads are refused when it is built.
///
/// ```
/// use cachefn_core::{BoxFuture, Runtime};
/// use std::time::Duration;
///
/// /// A thread for each task: enough for a program without an executor.
/// struct Threads;
/// impl Runtime for Threads {
///     fn spawn(&self, task: BoxFuture<'static, ()>) {
///         std::thread::spawn(|| pollster::block_on(task));
///     }
///     fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
///         let (sender, receiver) = futures_channel::oneshot::channel();
///         std::thread::spawn(move || {
///             std::thread::sleep(duration);
///             sender.send(())
///         });
///         Box::pin(async { receiver.await.unwrap_or(()) })
///     }
/// }
/// # pollster::block_on(Threads.sleep(Duration::ZERO));
/// ```
pub trait Runtime: MaybeSend + MaybeSync + 'static {
    /// Runs a task to its end, beside the caller.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// As [`spawn`](Runtime::spawn), of a task whose kind can be told, such as `bus`: for runtimes that say
    /// what they had to stop. One that wraps another passes it on.
    fn spawn_named(&self, kind: &'static str, task: BoxFuture<'static, ()>) {
        let _ = kind;
        self.spawn(task);
    }

    /// Ready once the duration has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
