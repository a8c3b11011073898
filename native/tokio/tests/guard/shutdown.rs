//! The end of a program, in order and in time.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{BoxFuture, Cache, Error, ErrorKind, NamedCache, Postcard, Runtime};
use cachefn_tokio::{Counted, Ends, Guarded, Shutdown, TokioRuntime};

use crate::support::*;

/// What the parts did, in order.
type Diary = Arc<Mutex<Vec<String>>>;

/// A part of a program that behaves in one way.
struct Part {
    name: &'static str,
    diary: Diary,
    end: fn() -> BoxFuture<'static, Vec<Error>>,
}

impl Ends for Part {
    fn name(&self) -> &str {
        self.name
    }

    fn end(&self, deadline: Duration) -> BoxFuture<'_, Vec<Error>> {
        let (name, ends) = (self.name, self.end);
        Box::pin(async move {
            self.diary.lock().unwrap().push(format!("{name} in {deadline:?}"));
            let errors = ends().await;
            self.diary.lock().unwrap().push(format!("{name} ended"));
            errors
        })
    }
}

struct Stage {
    manual: Manual,
    runtime: Counted,
    shutdown: Shutdown,
    diary: Diary,
}

impl Stage {
    fn new() -> Self {
        let manual = Manual::default();
        let runtime = Counted::new(manual.clone());
        let shutdown = Shutdown::with_clock(runtime.clone(), manual.clock());
        Stage { manual, runtime, shutdown, diary: Diary::default() }
    }

    fn part(&self, name: &'static str, end: fn() -> BoxFuture<'static, Vec<Error>>) -> Part {
        Part { name, diary: self.diary.clone(), end }
    }
}

fn at_once() -> BoxFuture<'static, Vec<Error>> {
    Box::pin(async { Vec::new() })
}

fn never() -> BoxFuture<'static, Vec<Error>> {
    Box::pin(pending())
}

#[test]
fn h_36_steps_follow_each_other_and_parts_of_one_step_do_not_wait_for_each_other() {
    let stage = Stage::new();
    stage.shutdown.add(stage.part("users", at_once)).add(stage.part("orders", at_once));
    stage.shutdown.then().add(stage.part("outbox", at_once)).then();
    let ended = finish(stage.shutdown.end(ms(900)));
    assert!(ended.is_clean(), "{ended}");
    let diary = stage.diary.lock().unwrap().join(", ");
    let expected = "users in 270ms, users ended, orders in 270ms, orders ended, \
                    outbox in 405ms, outbox ended";
    assert_eq!(diary, expected);
    assert_eq!(ended.to_string(), "users: ended\norders: ended\noutbox: ended\ntasks: ended");
    assert_eq!(stage.manual.sleeps(), 0, "nobody needed the time");
    let again = finish(stage.shutdown.end(ms(900)));
    assert_eq!((again.is_clean(), again.parts().len()), (true, 1), "all has ended but the tasks");
}

#[test]
fn h_36_a_part_that_hangs_is_named_and_takes_no_time_from_others() {
    let stage = Stage::new();
    stage.shutdown.add(stage.part("hangs", never)).add(stage.part("beside", at_once));
    stage.shutdown.then().add(stage.part("after", at_once));
    stage.runtime.spawn(Box::pin(pending()));
    let tasks = stage.manual.take();
    let mut ending = Task::new(stage.shutdown.end(ms(900)));
    assert!(ending.advance().is_none());
    stage.manual.advance(ms(299));
    assert!(ending.advance().is_none());
    stage.manual.advance(ms(1));
    assert!(ending.advance().is_none(), "the tasks have 540 ms of what is left");
    stage.manual.advance(ms(540));
    let ended = ending.advance().expect("all of it is over within the deadline");
    assert_eq!(ended.left(), ["hangs"]);
    let stopped = "end: 1 tasks had not ended in 540ms and were stopped";
    let errors: Vec<_> =
        ended.errors().iter().map(|(name, error)| format!("{name}: {error}")).collect();
    assert_eq!(errors, [format!("tasks: {stopped}")]);
    assert_eq!(stage.runtime.tasks() + tasks.len(), 2, "the executor still holds its shell");
    drop(tasks);
    assert_eq!((stage.runtime.tasks(), stage.manual.sleepers()), (0, 0));
    let diary = stage.diary.lock().unwrap();
    assert!(diary.contains(&"after ended".to_string()), "{diary:?}");
    assert_eq!(diary.last().unwrap(), "after ended");
    assert!(diary.contains(&"hangs in 0ns".to_string()), "it was told to let go: {diary:?}");
}

#[test]
fn h_36_tasks_that_were_stopped_are_named_by_their_kinds_where_those_were_said() {
    let stage = Stage::new();
    for kind in ["load", "bus", "load"] {
        stage.runtime.spawn_named(kind, Box::pin(pending()));
    }
    stage.runtime.spawn(Box::pin(pending()));
    let errors = finish(stage.runtime.end(Duration::ZERO));
    let text = "end: 4 tasks had not ended in 0ns and were stopped (1 bus, 2 load)";
    assert_eq!(errors[0].to_string(), text);
}

#[test]
fn h_36_every_error_is_told_and_a_panic_is_one() {
    let stage = Stage::new();
    stage
        .shutdown
        .add(stage.part("panics", || Box::pin(async { resume_unwind(Box::new("told to")) })));
    stage.shutdown.add(stage.part("fails", || {
        Box::pin(async {
            vec![
                Error::unavailable("flush", "connection refused"),
                Error::timeout("close", "no answer in 1 s"),
            ]
        })
    }));
    let ended = finish(stage.shutdown.end(ms(900)));
    let text = "panics: ended; end: it panicked: told to\n\
                fails: ended; flush: connection refused; close: no answer in 1 s\n\
                tasks: ended";
    assert_eq!(ended.to_string(), text);
    assert!(!ended.is_clean() && ended.left().is_empty());
}

#[test]
fn h_36_caches_are_flushed_and_closed_whatever_their_storage_does() {
    for (faults, left, kind) in [
        (Faults::none(), 0, None),
        (Faults::down(), 0, Some(ErrorKind::Unavailable)),
        (Faults::frozen(), 2, None),
    ] {
        let stage = Stage::new();
        let chaos = Chaos::new(MapStorage::new(), 1);
        let builder = Cache::<u32, u32>::builder("users").storage(chaos.clone());
        let cache = builder.codec(Postcard).build().unwrap();
        finish(cache.set(1, 10)).unwrap();
        let named = NamedCache::builder("named").storage(chaos.clone()).build().unwrap();
        finish(named.cache::<u32, u32>().unwrap().set(1, 10)).unwrap();
        stage.shutdown.add(cache.clone()).add(named);
        chaos.inject(faults);
        let mut ending = Task::new(stage.shutdown.end(ms(900)));
        let mut ended = ending.advance();
        for _ in 0..2 {
            ended = ended.or_else(|| {
                stage.manual.advance(ms(225));
                ending.advance()
            });
        }
        let ended = ended.expect("it ends in time");
        assert_eq!(ended.left().len(), left, "{ended}");
        assert_eq!(ended.errors().first().map(|(_, error)| error.kind()), kind, "{ended}");
        assert!(finish(cache.set(1, 11)).is_err(), "it is closed");
        assert_eq!(finish(cache.get_or_fetch(&1, async || 12)), 12, "and its functions go on");
    }
}

#[test]
fn h_36_a_cache_whose_storage_comes_back_before_the_deadline_ends_without_an_error() {
    let stage = Stage::new();
    let chaos = Chaos::new(MapStorage::new(), 1).with(Faults::down());
    let builder = Cache::<u32, u32>::builder("users").storage(chaos.clone());
    stage.shutdown.add(builder.codec(Postcard).build().unwrap());
    let mut ending = Task::new(stage.shutdown.end(ms(900)));
    assert!(ending.advance().is_none(), "there is time left");
    chaos.inject(Faults::none());
    stage.manual.advance(ms(50));
    let ended = ending.advance().expect("it was flushed at the second time");
    assert!(ended.is_clean(), "{ended}");
}

#[test]
fn h_36_what_drained_and_ended_fails_alike_is_told_once() {
    struct Refused;
    impl Ends for Refused {
        fn name(&self) -> &str {
            "refused"
        }
        fn drain(&self, _: Duration) -> BoxFuture<'_, Vec<Error>> {
            self.end(Duration::ZERO)
        }
        fn end(&self, _: Duration) -> BoxFuture<'_, Vec<Error>> {
            Box::pin(async { vec![Error::config("shutdown", "wrong password")] })
        }
    }
    let stage = Stage::new();
    stage.shutdown.add(Refused);
    let ended = finish(stage.shutdown.end(ms(900)));
    assert_eq!(ended.to_string(), "refused: ended; shutdown: wrong password\ntasks: ended");
}

#[test]
fn h_36_on_tokio_and_on_smol_a_storage_that_hangs_holds_no_end_up() {
    fn cache(runtime: impl Runtime + Clone) -> Cache<u32, u32> {
        let chaos = Chaos::new(MapStorage::new(), 1).with(Faults::frozen());
        let storage = Guarded::builder(chaos, runtime.clone()).long_timeout(ms(1)).build().unwrap();
        let builder = Cache::<u32, u32>::builder("users").runtime(runtime);
        builder.storage(storage).codec(Postcard).build().unwrap()
    }
    async fn ends(runtime: impl Runtime + Ends + Clone) {
        let shutdown = Shutdown::new(runtime.clone());
        shutdown.add(cache(runtime.clone()));
        runtime.spawn(Box::pin(pending()));
        let ended = shutdown.end(ms(200)).await;
        let errors: Vec<_> =
            ended.errors().iter().map(|(name, error)| format!("{name} {}", error.kind())).collect();
        assert_eq!(errors, ["users timeout", "users timeout", "tasks timeout"], "{ended}");
    }
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    tokio.block_on(async {
        let runtime = TokioRuntime::current().unwrap();
        ends(runtime.clone()).await;
        tokio::task::yield_now().await;
        assert_eq!(runtime.tasks(), 0);
    });
    smol::block_on(ends(Counted::new(crate::runtimes::Smol)));
}
