//! An outbox that is told how its storage is: what waits goes when the guard finds it well.

use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{Clock, Keep, Storage};
use cachefn_tokio::{Guarded, Outbox, State};

use crate::support::{Faulty, Manual, now};

/// Longer than any test lets pass.
const PAUSE: Duration = Duration::from_secs(3_600);
const SECOND: Duration = Duration::from_secs(1);

struct Recovering {
    map: MapStorage,
    server: Faulty,
    runtime: Manual,
    guarded: Guarded<Faulty>,
    outbox: Outbox<Guarded<Faulty>>,
}

impl Recovering {
    /// A storage that is given up at its first failure and asked again after a second, and an outbox that by
    /// itself would try again after an hour. One record waits.
    fn new(is_told: bool) -> Self {
        let (map, runtime) = (MapStorage::new(), Manual::new());
        let server = Chaos::new(map.clone(), 7);
        let guarded = Guarded::builder(server.clone(), runtime.clone()).open_after(1);
        let guarded = guarded.probe_every(SECOND).clock(runtime.clock()).build().unwrap();
        let builder = Outbox::new(guarded.clone(), runtime.clone()).clock(runtime.clock());
        let builder = builder.pauses(PAUSE, PAUSE);
        let builder = if is_told { builder.health(&guarded.health()) } else { builder };
        let outbox = now(builder.build()).unwrap();
        server.inject(Faults::down());
        let set = outbox.set(b"n:a", Bytes::from_static(b"waits"), Keep::default());
        runtime.drive(set).unwrap();
        runtime.run();
        assert_eq!(guarded.health().state(), State::Degraded);
        Recovering { map, server, runtime, guarded, outbox }
    }

    /// Somebody reads past the outbox: the guard lets that call find out.
    fn somebody_reads(&self) {
        now(self.guarded.get(b"another")).unwrap();
        assert_eq!(self.guarded.health().state(), State::Healthy);
        self.runtime.run();
    }

    fn is_stored(&self) -> bool {
        now(self.map.get(b"n:a")).unwrap().is_some()
    }
}

#[test]
fn s_36_what_waits_goes_when_the_guard_finds_the_storage_well_and_not_after_its_own_pause() {
    let it = Recovering::new(true);
    it.server.inject(Faults::none());
    it.runtime.advance(SECOND);
    assert_eq!((it.is_stored(), it.outbox.pending().entries), (false, 1), "nobody has asked yet");
    it.somebody_reads();
    assert_eq!((it.is_stored(), it.outbox.pending().entries), (true, 0));
    assert_eq!(it.runtime.clock().mono_ms(), 1_000, "no more time has passed");
    assert_eq!(it.runtime.tasks(), 0);
}

#[test]
fn s_36_one_that_is_not_told_waits_for_its_own_pause() {
    let it = Recovering::new(false);
    it.server.inject(Faults::none());
    it.runtime.advance(SECOND);
    it.somebody_reads();
    assert_eq!((it.is_stored(), it.outbox.pending().entries), (false, 1));
    it.runtime.advance(PAUSE);
    assert_eq!((it.is_stored(), it.outbox.pending().entries), (true, 0));
}

#[test]
fn h_16_a_probe_that_fails_wakes_the_outbox_and_leaves_what_waits() {
    let it = Recovering::new(true);
    for _ in 0..3 {
        it.runtime.advance(SECOND);
        now(it.guarded.get(b"another")).unwrap_err();
        it.runtime.run();
        assert_eq!((it.is_stored(), it.outbox.pending().entries), (false, 1));
    }
    let asked = it.server.calls().total();
    it.runtime.advance(SECOND / 2);
    assert_eq!(it.server.calls().total(), asked, "nobody asks between");
    it.server.inject(Faults::none());
    it.runtime.advance(SECOND);
    it.somebody_reads();
    assert!(it.is_stored());
}
