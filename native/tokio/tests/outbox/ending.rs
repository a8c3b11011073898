//! An outbox ends while its storage is away.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_conformance::Faults;
use cachefn_core::{Error, Runtime};

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
