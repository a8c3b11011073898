//! What a cache has beside an outbox: a bus and leases.

use std::sync::Arc;
use std::time::Duration;

use cachefn_conformance::{Faults, LeaseFaults, LocalBus, LocalLeases};
use cachefn_core::{Builder, Bus, Cache, ErrorKind, Postcard, Storage};

use crate::support::{Scene, now};

fn builder(scene: &Scene) -> Builder<Cache<u32, u64>> {
    let builder = Cache::builder("n").storage(scene.outbox.clone()).codec(Postcard);
    builder.clock(scene.runtime.clock()).runtime(scene.runtime.clone())
}

#[test]
fn s_34_a_bus_whose_messages_would_overtake_what_waits_is_refused() {
    let (scene, bus) = (Scene::through(), LocalBus::new());
    let error = builder(&scene).bus(bus.connect()).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = "build: the storage lets writes wait, and messages of this bus would overtake them; \
                give it one that follows, such as outbox.bus(bus)";
    assert_eq!(error.to_string(), text);
    let following = Arc::new(scene.outbox.bus(bus.connect()));
    assert!(following.follows() && scene.outbox.capabilities().defers);
    let cache = builder(&scene).bus(following).build().unwrap();
    scene.runtime.drive(cache.set(1, 2)).unwrap();
    // Beside a storage that keeps nothing back, any bus will do, and an outbox needs none.
    let plain = Cache::<u32, u64>::builder("n").storage(scene.map.clone()).codec(Postcard);
    assert_eq!(now(plain.bus(bus.connect()).build().unwrap().get(&1)).unwrap(), Some(2));
    assert_eq!(scene.runtime.drive(builder(&scene).build().unwrap().get(&1)).unwrap(), Some(2));
}

#[test]
fn s_36_a_write_that_waits_succeeds_although_no_lease_could_be_revoked() {
    let scene = Scene::through();
    let leases = LocalLeases::new(scene.runtime.clock());
    let cache = builder(&scene).leases(leases.clone()).build().unwrap();
    let drive = &scene.runtime;
    drive.drive(cache.set_many([(1, 1), (2, 2)])).unwrap();
    leases.inject(LeaseFaults::none().errors(1.0));
    scene.server.inject(Faults::down());
    drive.drive(cache.set(1, 10)).unwrap();
    assert!(drive.drive(cache.delete(&2)).unwrap(), "memory had it");
    assert_eq!((cache.stats().lease_failures, scene.outbox.pending().entries), (2, 2));
    scene.server.inject(Faults::none());
    scene.runtime.advance(Duration::from_secs(60));
    let plain = Cache::<u32, u64>::builder("n").storage(scene.map.clone()).codec(Postcard);
    let plain = plain.clock(scene.runtime.clock()).build().unwrap();
    assert_eq!([1, 2].map(|key| now(plain.get(&key)).unwrap()), [Some(10), None]);
}
