//! The spans of loads that nobody waits for, or nobody any longer: they are no part of a caller's trace.

use std::time::Duration;

use cachefn::telemetry::LoadSpans;
use cachefn::tokio::TokioRuntime;
use cachefn::{Cache, ManualClock};
use futures_util::FutureExt;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::oneshot;
use tracing::{Instrument, info_span};

use crate::receiver::{Receiver, attributes};
use crate::spans::{MINUTE, telling};

/// A root with a link to that span.
fn assert_follows(span: &Span, cause: &Span) {
    assert!(span.parent_span_id.is_empty(), "{} is a root", span.name);
    assert_ne!(span.trace_id, cause.trace_id);
    let links: Vec<_> = span.links.iter().map(|link| &link.span_id).collect();
    assert_eq!(links, [&cause.span_id]);
}

fn result(span: &Span) -> String {
    attributes(&span.attributes).remove("cachefn.result").unwrap_or_default()
}

/// Lets what runs beside the test come to its end.
async fn settle() {
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_refresh_in_the_background_is_a_root_that_follows_its_caller() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let clock = ManualClock::new();
    let numbers = Cache::<u64, u64>::builder("numbers").clock(clock.clone()).ttl(MINUTE);
    let numbers = numbers.stale_while_revalidate(MINUTE).refresh_after(0.5);
    let numbers = numbers.runtime(TokioRuntime::current().unwrap());
    let numbers = numbers.tracer(LoadSpans::new("numbers")).build().unwrap();
    let fetch = |value| {
        numbers
            .get_or_fetch_shared(&7, move || async move { info_span!("query").in_scope(|| value) })
    };
    fetch(1).await;
    clock.advance(Duration::from_secs(40));
    assert_eq!(fetch(2).instrument(info_span!("due")).await, 1, "a fresh value meanwhile");
    settle().await;
    clock.advance(Duration::from_secs(90));
    assert_eq!(fetch(3).instrument(info_span!("late")).await, 2, "a stale one");
    settle().await;
    telemetry.shutdown(MINUTE).unwrap();

    let refreshes = receiver.all("refresh numbers");
    let queries = receiver.all("query");
    assert_eq!((refreshes.len(), queries.len()), (2, 3));
    for ((refresh, query), cause) in refreshes.iter().zip(&queries[1..]).zip(["due", "late"]) {
        assert_follows(refresh, &receiver.span(cause));
        assert_eq!(query.parent_span_id, refresh.span_id);
        assert_eq!(result(refresh), "fetched");
    }
    assert_eq!(result(&receiver.span("fetch numbers")), "fetched");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_has_an_older_value_leaves_a_load_that_goes_on_as_a_root() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let numbers = Cache::<u64, u64>::builder("numbers").stale_if_error(MINUTE);
    let numbers = numbers.soft_timeout(Duration::from_millis(200));
    let numbers = numbers.runtime(TokioRuntime::current().unwrap());
    let numbers = numbers.tracer(LoadSpans::new("numbers")).build().unwrap();
    numbers.set(7, 1).await.unwrap();
    numbers.expire(&7).await.unwrap();
    let (go, wait) = oneshot::channel::<u64>();
    let fetcher = || async move {
        info_span!("before").in_scope(|| ());
        let value = wait.await.unwrap();
        info_span!("after").in_scope(|| value)
    };
    let call = numbers.get_or_fetch_shared(&7, fetcher).instrument(info_span!("request"));
    assert_eq!(call.await, 1);
    go.send(2).unwrap();
    settle().await;
    telemetry.shutdown(MINUTE).unwrap();

    let [load, rest] = &receiver.all("fetch numbers")[..] else { panic!("two spans") };
    assert_eq!(load.parent_span_id, receiver.span("request").span_id);
    assert_eq!([result(load), result(rest)], ["stale", "fetched"]);
    assert_follows(rest, load);
    assert!(load.end_time_unix_nano <= receiver.span("request").end_time_unix_nano);
    assert_eq!(receiver.span("before").parent_span_id, load.span_id);
    assert_eq!(receiver.span("after").parent_span_id, rest.span_id);
}

#[tokio::test]
async fn a_shared_load_whose_caller_is_dropped_goes_on_as_a_root_or_ends_with_it() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    for runs in [true, false] {
        let numbers = Cache::<u64, u64>::builder("numbers").tracer(LoadSpans::new("numbers"));
        let numbers = match runs {
            true => numbers.runtime(TokioRuntime::current().unwrap()),
            false => numbers,
        };
        let numbers = numbers.build().unwrap();
        let (go, wait) = oneshot::channel::<u64>();
        let call = numbers.get_or_fetch_shared(&7, || async move { wait.await.unwrap() });
        assert!(call.now_or_never().is_none());
        // Without a runtime nobody is there to be told.
        assert_eq!(go.send(1).is_ok(), runs);
        settle().await;
    }
    telemetry.shutdown(MINUTE).unwrap();

    let spans = receiver.all("fetch numbers");
    let results: Vec<_> = spans.iter().map(result).collect();
    assert_eq!(results, ["cancelled", "fetched", "cancelled"]);
    assert_follows(&spans[1], &spans[0]);
}
