//! Subscribers of single tests, in one process with tests that have none.

use std::sync::LazyLock;
use std::thread;

use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default};
use tracing::{Dispatch, Subscriber, info_span};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

/// Makes it the subscriber of this thread.
pub(crate) fn subscribe(subscriber: impl Subscriber + Send + Sync + 'static) -> DefaultGuard {
    LazyLock::force(&KEPT);
    set_default(subscriber)
}

/// While there is one dispatcher at most, `tracing` asks for a new callsite that of the calling thread alone, and
/// keeps the answer for all threads. So a test without a subscriber, first at a span, would take it from the one
/// that has one. Of two that stay, all are asked. The first wants nothing, so that no callsite is registered
/// before the second is there.
pub(crate) static KEPT: LazyLock<[Dispatch; 2]> = LazyLock::new(|| {
    let wanting = tracing_subscriber::registry().with(LevelFilter::INFO);
    [Dispatch::new(NoSubscriber::new()), Dispatch::new(wanting)]
});

/// Run alone, it fails with `set_default` in the place of `subscribe`.
#[test]
fn a_span_that_a_thread_without_a_subscriber_came_to_first_is_there_for_one_that_has_it() {
    let span = || info_span!("shared");
    let _guard = subscribe(tracing_subscriber::registry());
    thread::scope(|scope| scope.spawn(move || drop(span())).join().unwrap());
    assert!(!span().is_disabled());
}
