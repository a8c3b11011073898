//! What happens to a name while a call to the storage concerns it.

use std::sync::Barrier;

use cachefn_conformance::Faults;
use cachefn_core::{Clock, Keep, ManualClock, Storage};

use crate::support::{Scene, now};

/// Whoever asks for the time lets others go first, which finds what is not done under one lock.
struct Yielding(ManualClock);

impl Clock for Yielding {
    fn mono_ms(&self) -> u64 {
        (0..16).for_each(|_| std::thread::yield_now());
        self.0.mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        self.0.wall_ms()
    }
}

#[test]
fn s_39_a_conditional_delete_never_takes_a_newer_set_with_it() {
    let scene = Scene::new(|builder| builder.clock(Yielding(ManualClock::new())));
    scene.server.inject(Faults::down());
    for round in 0..200 {
        let (old, new) = (format!("old {round}"), format!("new {round}"));
        scene.set("n:a", &old);
        let begin = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                begin.wait();
                now(scene.outbox.set(b"n:a", new.clone().into(), Keep::default())).unwrap();
            });
            begin.wait();
            now(scene.outbox.delete_if(b"n:a", old.as_bytes())).unwrap();
        });
        assert_eq!(scene.get("n:a"), Some(new), "round {round}");
    }
}
