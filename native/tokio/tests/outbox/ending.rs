//! An outbox ends while its storage is away.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, LocalBus};
use cachefn_core::{BoxFuture, Bus, Error, Invalidation, Keep, Message, Runtime, Storage, Token};
use cachefn_tokio::{Counted, Ended, Ends, Shutdown};

use crate::support::Scene;

const SECOND: Duration = Duration::from_secs(1);

/// What a shutdown within five seconds has told, once it is over.
type Told = Arc<Mutex<Option<Vec<Error>>>>;

/// One of which a set waits, and whose shutdown has begun.
fn ending() -> (Scene, Told) {
    let (scene, told) = (Scene::through(), Told::default());
    scene.server.inject(Faults::down());
    scene.set("n:a", "waits");
    let (outbox, ended) = (scene.outbox.clone(), Arc::clone(&told));
    scene.runtime.spawn(Box::pin(async move {
        let errors = outbox.shutdown(5 * SECOND).await;
        *ended.lock().unwrap() = Some(errors);
    }));
    scene.runtime.advance(SECOND);
    assert_eq!(*told.lock().unwrap(), None, "there is time left");
    (scene, told)
}

#[test]
fn s_36_a_storage_that_is_back_before_the_deadline_of_a_shutdown_gets_what_waits() {
    let (scene, told) = ending();
    scene.server.inject(Faults::none());
    scene.runtime.advance(4 * SECOND);
    assert_eq!(*told.lock().unwrap(), Some(Vec::new()));
    assert_eq!(scene.stored("n:a"), Some("waits".into()));
    assert_eq!(scene.runtime.tasks(), 0);
}

#[test]
fn s_36_a_shutdown_whose_storage_stays_away_says_at_its_deadline_what_is_left_and_why() {
    let (scene, told) = ending();
    scene.runtime.advance(4 * SECOND);
    let errors = told.lock().unwrap().take().expect("its time is over");
    let [error] = &errors[..] else { panic!("{errors:?}") };
    let error = error.to_string();
    assert!(error.starts_with("shutdown: outbox: 1 changes and 0 messages wait"), "{error}");
    assert!(error.contains("the deadline has passed; it failed last with: "), "{error}");
    assert_eq!((scene.stored("n:a"), scene.runtime.tasks()), (None, 0));
    let calls = scene.server.calls().total();
    assert!((7..30).contains(&calls), "with growing pauses: {calls}");
}

#[test]
fn s_36_who_ends_looks_again_within_a_second_however_long_the_pauses_are() {
    let scene = Scene::new(|builder| builder.pauses(10 * SECOND, 60 * SECOND));
    scene.server.inject(Faults::down());
    scene.set("n:a", "waits");
    let (outbox, told) = (scene.outbox.clone(), Told::default());
    let ended = Arc::clone(&told);
    scene.runtime.spawn(Box::pin(async move {
        *ended.lock().unwrap() = Some(outbox.shutdown(5 * SECOND).await);
    }));
    scene.runtime.run();
    scene.server.inject(Faults::none());
    scene.runtime.advance(SECOND);
    assert_eq!(*told.lock().unwrap(), Some(Vec::new()));
    assert_eq!(scene.stored("n:a"), Some("waits".into()));
}

#[test]
fn s_34_a_bus_does_not_take_what_nobody_will_tell() {
    let scene = Scene::through();
    let bus = scene.outbox.bus(LocalBus::new().connect());
    scene.server.inject(Faults::down());
    scene.set("n:a", "waits");
    assert_eq!(scene.runtime.drive(scene.outbox.shutdown(Duration::ZERO)).len(), 1);
    let message = Message::new("n", 7, Invalidation::Everything);
    let error = scene.runtime.drive(bus.publish(&message)).unwrap_err();
    assert!(error.to_string().contains("the outbox is closed"), "{error}");
}

/// What calls that were under way when a shutdown within five seconds began have said, and what it has told.
struct Passing {
    scene: Scene,
    set: Arc<Mutex<Option<Result<(), Error>>>>,
    deleted: Arc<Mutex<Option<Result<bool, Error>>>>,
    told: Told,
}

impl Passing {
    fn begin() -> Self {
        let scene = Scene::through();
        scene.set("n:b", "old");
        scene.server.inject(Faults::frozen().errors(1.0));
        let (set, deleted, told) = (Arc::default(), Arc::default(), Told::default());
        let passing = Passing { scene, set, deleted, told };
        let (outbox, set) = (passing.scene.outbox.clone(), Arc::clone(&passing.set));
        passing.spawn(async move {
            let written = outbox.set(b"n:a", Bytes::from_static(b"new"), Keep::default()).await;
            *set.lock().unwrap() = Some(written);
        });
        let (outbox, deleted) = (passing.scene.outbox.clone(), Arc::clone(&passing.deleted));
        passing.spawn(async move {
            *deleted.lock().unwrap() = Some(outbox.delete(b"n:b").await);
        });
        let (outbox, told) = (passing.scene.outbox.clone(), Arc::clone(&passing.told));
        passing.spawn(async move {
            *told.lock().unwrap() = Some(outbox.shutdown(5 * SECOND).await);
        });
        passing.scene.runtime.advance(SECOND);
        assert_eq!(*passing.told.lock().unwrap(), None, "there is time left");
        passing
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.scene.runtime.spawn(Box::pin(future));
        self.scene.runtime.run();
    }

    fn said(&self) -> (Result<(), Error>, Result<bool, Error>) {
        let (set, deleted) = (self.set.lock().unwrap().take(), self.deleted.lock().unwrap().take());
        (set.expect("it is over"), deleted.expect("it is over"))
    }
}

#[test]
fn s_36_a_shutdown_waits_for_calls_that_are_under_way_and_writes_what_they_leave() {
    let passing = Passing::begin();
    let Passing { scene, told, .. } = &passing;
    scene.server.inject(Faults::down());
    scene.runtime.advance(SECOND);
    assert_eq!((passing.said(), told.lock().unwrap().clone()), ((Ok(()), Ok(false)), None));
    scene.server.inject(Faults::none());
    scene.runtime.advance(3 * SECOND);
    assert_eq!(*told.lock().unwrap(), Some(Vec::new()));
    assert_eq!((scene.stored("n:a"), scene.stored("n:b")), (Some("new".into()), None));
    assert_eq!(scene.runtime.tasks(), 0);
}

#[test]
fn s_36_a_call_that_fails_when_the_outbox_has_ended_says_so() {
    let passing = Passing::begin();
    let Passing { scene, told, .. } = &passing;
    scene.runtime.advance(4 * SECOND);
    let errors = told.lock().unwrap().take().expect("its time is over");
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(error.to_string().contains("calls are under way"), "{error}");
    // Nor does one that comes now wait for what nobody writes.
    let tokens = [(&b"n:b"[..], Token([7; 16]))];
    let error = scene.runtime.drive(scene.outbox.create_tokens(&tokens)).unwrap_err();
    assert!(error.to_string().contains("the outbox is closed"), "{error}");
    scene.server.inject(Faults::down());
    scene.runtime.run();
    let (set, deleted) = passing.said();
    let (set, deleted) = (set.unwrap_err().to_string(), deleted.unwrap_err().to_string());
    assert!(set.contains("an error was drawn") && deleted.contains("an error was drawn"));
    assert_eq!((scene.outbox.pending().entries, scene.runtime.tasks()), (0, 0));
}

#[test]
fn s_36_a_set_that_is_taken_while_an_outbox_ends_is_written_and_one_after_that_is_refused() {
    for is_closed in [false, true] {
        let (scene, done) = (Scene::behind(), Arc::new(Mutex::new(None)));
        scene.set("n:a", "first");
        scene.server.inject(Faults::none().delays(1.0, 1).for_writes());
        let (outbox, told) = (scene.outbox.clone(), Arc::clone(&done));
        scene.runtime.spawn(Box::pin(async move {
            let errors = match is_closed {
                true => outbox.close().await.err().into_iter().collect(),
                false => outbox.shutdown(5 * SECOND).await,
            };
            *told.lock().unwrap() = Some(errors);
        }));
        while scene.server.calls().set_many == 0 {
            assert!(scene.runtime.step());
        }
        scene.set("n:b", "second");
        scene.server.inject(Faults::none());
        scene.runtime.advance(SECOND);
        assert_eq!(*done.lock().unwrap(), Some(Vec::new()));
        let pending = scene.outbox.pending();
        assert_eq!((pending.entries, pending.accepted), (0, 2));
        let late = scene.outbox.set(b"n:c", Bytes::from_static(b"late"), Keep::default());
        assert!(scene.runtime.drive(late).is_err());
    }
}

/// What comes before or after an outbox: it notes the time that it has, and ends at once.
struct Beside(&'static str, Arc<Mutex<Vec<(&'static str, Duration)>>>);

impl Ends for Beside {
    fn name(&self) -> &str {
        self.0
    }
    fn end(&self, deadline: Duration) -> BoxFuture<'_, Vec<Error>> {
        self.1.lock().unwrap().push((self.0, deadline));
        Box::pin(async { Vec::new() })
    }
}

#[test]
fn s_36_an_outbox_in_which_something_waits_has_nearly_all_of_the_time_of_a_shutdown() {
    for is_back in [true, false] {
        let (scene, times) = (Scene::through(), Arc::default());
        let runtime = Counted::new(scene.runtime.clone());
        let shutdown = Shutdown::with_clock(runtime, scene.runtime.clock());
        shutdown.add(Beside("caches", Arc::clone(&times)));
        shutdown.then().add(scene.outbox.clone());
        shutdown.then().add(Beside("storages", Arc::clone(&times)));
        scene.server.inject(Faults::down());
        scene.set("n:a", "waits");
        let told: Arc<Mutex<Option<Ended>>> = Arc::default();
        let ended = Arc::clone(&told);
        scene.runtime.spawn(Box::pin(async move {
            let end = shutdown.end(10 * SECOND).await;
            *ended.lock().unwrap() = Some(end);
        }));
        scene.runtime.advance(7 * SECOND);
        assert_eq!(*told.lock().unwrap(), None, "there is time left");
        if is_back {
            scene.server.inject(Faults::none());
        }
        scene.runtime.advance(3 * SECOND);
        let ended = told.lock().unwrap().take().expect("its time is over");
        assert_eq!(ended.is_clean(), is_back, "{ended}");
        assert_eq!(scene.stored("n:a").is_some(), is_back);
        let times = times.lock().unwrap();
        let [("caches", before), ("storages", after)] = times[..] else { panic!("{times:?}") };
        assert!(before > 2 * SECOND && after > SECOND / 3, "{before:?}, {after:?}");
    }
}
