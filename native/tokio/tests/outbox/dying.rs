//! The worker dies: listeners and storages panic, and runtimes end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::refusing::{Scene, down, well};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn s_33_a_listener_that_panics_harms_neither_the_caller_nor_the_worker() {
    let scene = Scene::new(|builder| builder.listener(|event| panic!("{event}")));
    for name in ["n:a", "n:b"] {
        scene.is(down);
        scene.set(name, "waits");
        scene.runtime.advance(LONG);
        scene.is(well);
        scene.runtime.advance(LONG);
        assert_eq!(scene.stored(name), Some("waits".into()));
        assert_eq!((scene.pending().entries, scene.runtime.tasks()), (0, 0));
    }
}

#[test]
fn h_36_after_a_panic_of_the_storage_the_next_write_starts_another_worker() {
    let scene = Scene::new(|builder| builder);
    scene.is(down);
    scene.set("n:a", "waits");
    scene.is(|_, _| panic!("the storage is broken"));
    let worked = catch_unwind(AssertUnwindSafe(|| scene.runtime.advance(LONG)));
    assert!(worked.is_err() && scene.runtime.tasks() == 0, "the worker is dead");
    scene.is(well);
    scene.set("n:b", "new");
    scene.runtime.advance(LONG);
    assert_eq!(
        (scene.stored("n:a"), scene.stored("n:b")),
        (Some("waits".into()), Some("new".into()))
    );
    assert_eq!((scene.pending().entries, scene.runtime.tasks()), (0, 0));
}

#[test]
fn h_36_when_the_runtime_of_the_worker_has_ended_the_next_write_starts_another() {
    let scene = Scene::new(|builder| builder);
    scene.is(down);
    scene.set("n:a", "waits");
    scene.runtime.advance(LONG);
    scene.runtime.end();
    assert_eq!(scene.runtime.tasks(), 0);
    scene.is(well);
    scene.set("n:b", "new");
    assert_eq!(scene.runtime.tasks(), 1);
    scene.runtime.advance(LONG);
    assert_eq!(
        (scene.stored("n:a"), scene.stored("n:b")),
        (Some("waits".into()), Some("new".into()))
    );
    assert_eq!((scene.pending().entries, scene.runtime.tasks()), (0, 0));
}
