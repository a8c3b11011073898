//! What is set beside tokens that nobody could read, because the storage was away from the beginning.

use std::time::Duration;

use cachefn_conformance::{Chaos, Faults, LocalBus, MapStorage};
use cachefn_core::{Cache, EntryOptions, Postcard, Storage};
use cachefn_tokio::Outbox;

use crate::support::{Faulty, Manual, now};

const LONG: Duration = Duration::from_secs(60);

/// Two processes over one storage, of which the first has known it and the second never has.
struct World {
    map: MapStorage,
    runtime: Manual,
    bus: LocalBus,
    knows: Process,
    new: Process,
}

struct Process {
    server: Faulty,
    cache: Cache<u32, u64>,
}

impl World {
    fn new() -> Self {
        let (map, runtime, bus) = (MapStorage::new(), Manual::new(), LocalBus::new());
        let [knows, new] = [(); 2].map(|()| {
            let server = Chaos::new(map.clone(), 7);
            let outbox = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
            let outbox = now(outbox.build()).unwrap();
            let builder = Cache::builder("n").bus(outbox.bus(bus.connect())).storage(outbox);
            let cache = builder.codec(Postcard).clock(runtime.clock()).build().unwrap();
            Process { server, cache }
        });
        runtime.drive(knows.cache.set_with(0, 1, tag())).unwrap();
        new.server.inject(Faults::down());
        World { map, runtime, bus, knows, new }
    }

    fn set(&self, key: u32, value: u64) {
        self.runtime.drive(self.new.cache.set_with(key, value, tag())).unwrap();
    }

    fn recover(&self) {
        self.bus.settle();
        self.new.server.inject(Faults::none());
        self.runtime.advance(LONG);
        self.bus.settle();
    }

    /// What a process finds that has nothing in memory.
    fn stored(&self, key: u32) -> Option<u64> {
        let builder = Cache::<u32, u64>::builder("n").storage(self.map.clone()).codec(Postcard);
        now(builder.clock(self.runtime.clock()).build().unwrap().get(&key)).unwrap()
    }
}

fn tag() -> EntryOptions {
    EntryOptions::new().tag("a")
}

#[test]
fn s_36_a_set_in_a_namespace_and_with_a_tag_that_are_new_to_the_process_waits_too() {
    let world = World::new();
    world.set(1, 2);
    world.recover();
    assert_eq!([0, 1].map(|key| world.stored(key)), [Some(1), Some(2)]);
    world.runtime.drive(world.knows.cache.invalidate_by_tag("a")).unwrap();
    assert_eq!([0, 1].map(|key| world.stored(key)), [None; 2], "it is like any other");
    world.set(1, 3);
    assert_eq!(world.stored(1), Some(3));
}

#[test]
fn s_36_a_storage_that_never_had_the_tokens_gets_them() {
    let world = World::new();
    let other = EntryOptions::new().tag("never seen");
    world.runtime.drive(world.new.cache.set_with(1, 2, other)).unwrap();
    world.recover();
    assert_eq!(world.stored(1), Some(2));
    assert!(now(world.map.tokens(&[b"%t:n:never seen"])).unwrap()[0].is_some());
}

#[test]
fn s_27_what_was_invalidated_here_since_it_was_set_is_gone() {
    let world = World::new();
    world.set(1, 2);
    world.runtime.drive(world.new.cache.invalidate_by_tag("a")).unwrap();
    world.set(2, 3);
    world.recover();
    assert_eq!([0, 1, 2].map(|key| world.stored(key)), [None, None, Some(3)]);
    world.new.server.inject(Faults::down());
}

#[test]
fn s_27_what_another_process_was_heard_to_invalidate_since_it_was_set_is_gone() {
    let world = World::new();
    world.set(1, 2);
    world.runtime.drive(world.knows.cache.invalidate_by_tag("a")).unwrap();
    world.bus.settle();
    world.set(2, 3);
    world.recover();
    assert_eq!([0, 1, 2].map(|key| world.stored(key)), [None, None, Some(3)]);
}

#[test]
fn s_31_a_namespace_that_was_cleared_takes_with_it_what_was_set_before() {
    for by_whom in
        [|world: &World| world.new.cache.clone(), |world: &World| world.knows.cache.clone()]
    {
        let world = World::new();
        world.set(1, 2);
        world.runtime.drive(by_whom(&world).clear()).unwrap();
        world.bus.settle();
        world.set(2, 3);
        world.recover();
        assert_eq!([0, 1, 2].map(|key| world.stored(key)), [None, None, Some(3)]);
    }
}

#[test]
fn h_12_a_value_that_was_loaded_meanwhile_may_be_older_than_the_token_that_is_there() {
    let world = World::new();
    world.new.server.inject(Faults::down().for_writes());
    let load = async |_: cachefn_core::LoadContext<u64>| 2;
    let loaded = world.runtime.drive(world.new.cache.get_or_fetch_with(&1, tag(), load));
    assert_eq!(loaded, 2);
    world.recover();
    assert_eq!(world.stored(1), None);
    assert_eq!(world.runtime.drive(world.new.cache.get(&1)).unwrap(), None, "nor in memory");
}
