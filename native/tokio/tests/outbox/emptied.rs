//! A storage that comes back without what it had: what waits for it is found there all the same.

use std::time::Duration;

use cachefn_conformance::{Chaos, Faults, LocalBus, MapStorage};
use cachefn_core::{Bus, Cache, EntryOptions, Keep, Postcard, Storage, Token};
use cachefn_tokio::Outbox;

use crate::support::{Faulty, Manual, Scene, emptied, now};

const LONG: Duration = Duration::from_secs(60);

struct Process {
    server: Faulty,
    outbox: Outbox<Faulty>,
    cache: Cache<u32, u64>,
}

fn process(map: &MapStorage, runtime: &Manual, bus: impl Bus) -> Process {
    let server = Chaos::new(map.clone(), 7);
    let outbox = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
    let outbox = now(outbox.build()).unwrap();
    let builder = Cache::builder("n").storage(outbox.clone()).bus(outbox.bus(bus));
    let cache = builder.codec(Postcard).clock(runtime.clock()).build().unwrap();
    Process { server, outbox, cache }
}

/// What a process finds that has nothing in memory.
fn stored(map: &MapStorage, runtime: &Manual, key: u32) -> Option<u64> {
    let builder = Cache::<u32, u64>::builder("n").storage(map.clone()).codec(Postcard);
    now(builder.clock(runtime.clock()).build().unwrap().get(&key)).unwrap()
}

fn tag(tag: &str) -> EntryOptions {
    EntryOptions::new().tag(tag)
}

#[test]
fn s_36_what_waits_for_a_storage_that_is_emptied_meanwhile_is_found_there() {
    for map in [MapStorage::new(), MapStorage::new().telling_tokens()] {
        let (runtime, bus) = (Manual::new(), LocalBus::new());
        let Process { server, outbox, cache } = process(&map, &runtime, bus.connect());
        for key in 0..20 {
            runtime.drive(cache.set_with(key, 1, tag("old"))).unwrap();
        }
        let before = now(map.tokens(&[b"%n:n", b"%t:n:old"])).unwrap();
        server.inject(Faults::down());
        for key in 0..10 {
            let options = if key % 2 == 0 { tag("old") } else { EntryOptions::new() };
            runtime.drive(cache.set_with(key, 2, options)).unwrap();
        }
        emptied(&map);
        server.inject(Faults::none());
        runtime.advance(LONG);
        assert_eq!(outbox.pending().entries, 0);
        let found: Vec<_> = (0..20).map(|key| stored(&map, &runtime, key)).collect();
        assert_eq!(found, [[Some(2); 10], [None; 10]].concat());
        let after = now(map.tokens(&[b"%n:n", b"%t:n:old"])).unwrap();
        let is_new =
            |(before, after): (&Option<Token>, &Option<Token>)| after.is_some() && before != after;
        assert!(before.iter().zip(&after).all(is_new), "no token ever comes back");
        // What was written is invalidated like anything else.
        runtime.drive(cache.invalidate_by_tag("old")).unwrap();
        let found: Vec<_> = (0..10).map(|key| stored(&map, &runtime, key)).collect();
        assert_eq!(found, [None, Some(2)].repeat(5));
        runtime.drive(cache.set_with(0, 3, tag("old"))).unwrap();
        assert_eq!(stored(&map, &runtime, 0), Some(3));
    }
}

#[test]
fn s_27_what_was_invalidated_while_the_storage_was_away_does_not_come_back_with_it() {
    let (map, runtime, bus) = (MapStorage::new(), Manual::new(), LocalBus::new());
    let Process { server, cache, .. } = process(&map, &runtime, bus.connect());
    runtime.drive(cache.set_with(9, 1, tag("a"))).unwrap();
    server.inject(Faults::down());
    runtime.drive(cache.set_with(0, 2, tag("a"))).unwrap();
    runtime.drive(cache.invalidate_by_tag("a")).unwrap();
    runtime.drive(cache.set_with(1, 3, tag("a"))).unwrap();
    runtime.drive(cache.set_with(2, 4, tag("b"))).unwrap();
    emptied(&map);
    server.inject(Faults::none());
    runtime.advance(LONG);
    let found = [0, 1, 2].map(|key| stored(&map, &runtime, key));
    assert_eq!(found, [None, Some(3), Some(4)]);
}

#[test]
fn s_27_what_others_were_heard_to_invalidate_does_not_come_back_either() {
    let (map, runtime, bus) = (MapStorage::new(), Manual::new(), LocalBus::new());
    let [here, there] = [(); 2].map(|()| process(&map, &runtime, bus.connect()));
    runtime.drive(here.cache.set_with(0, 1, tag("a"))).unwrap();
    here.server.inject(Faults::down());
    runtime.drive(here.cache.set_with(0, 2, tag("a"))).unwrap();
    runtime.drive(here.cache.set_with(1, 3, tag("b"))).unwrap();
    runtime.drive(there.cache.invalidate_by_tag("a")).unwrap();
    bus.settle();
    emptied(&map);
    here.server.inject(Faults::none());
    runtime.advance(LONG);
    assert_eq!([0, 1].map(|key| stored(&map, &runtime, key)), [None, Some(3)]);
    assert_eq!(runtime.drive(here.cache.get(&0)).unwrap(), None);
}

#[test]
fn s_27_a_record_that_one_token_makes_dead_is_not_saved_by_another_that_is_lost() {
    let (map, runtime, bus) = (MapStorage::new(), Manual::new(), LocalBus::new());
    let Process { server, cache, .. } = process(&map, &runtime, bus.connect());
    let both = || EntryOptions::new().tags(["a", "b"]);
    runtime.drive(cache.set_with(0, 1, both())).unwrap();
    server.inject(Faults::down());
    runtime.drive(cache.set_with(0, 2, both())).unwrap();
    runtime.drive(cache.set_with(1, 3, tag("a"))).unwrap();
    now(map.delete(b"%t:n:a")).unwrap();
    now(map.replace_tokens(&[(b"%t:n:b", Token([9; 16]))])).unwrap();
    server.inject(Faults::none());
    runtime.advance(LONG);
    assert_eq!([0, 1].map(|key| stored(&map, &runtime, key)), [None, Some(3)]);
    assert_eq!(runtime.drive(cache.get(&0)).unwrap(), None, "memory has what the others have");
}

#[test]
fn s_36_a_load_that_makes_the_token_first_does_not_lose_what_waits() {
    let (map, runtime, bus) = (MapStorage::new(), Manual::new(), LocalBus::new());
    let Process { server, outbox, cache } = process(&map, &runtime, bus.connect());
    runtime.drive(cache.set(0, 1)).unwrap();
    server.inject(Faults::down());
    runtime.drive(cache.set(0, 2)).unwrap();
    emptied(&map);
    server.inject(Faults::none());
    // Something that is new to the process is asked for before its turn to try again has come.
    let names: [(&[u8], Token); 2] = [(b"%n:n", Token([8; 16])), (b"%t:n:new", Token([9; 16]))];
    assert_eq!(runtime.drive(outbox.create_tokens(&names)).unwrap(), names.map(|(_, own)| own));
    runtime.advance(LONG);
    assert_eq!(stored(&map, &runtime, 0), Some(2));
}

#[test]
fn s_36_what_is_no_record_of_a_cache_is_written_as_it_is() {
    let scene = Scene::through();
    scene.server.inject(Faults::down());
    let keep = Keep::new(None, &[b"%n:n"]);
    let set = scene.outbox.set(b"n:a", b"bytes"[..].into(), keep);
    scene.runtime.drive(set).unwrap();
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!(scene.stored("n:a"), Some("bytes".into()));
    assert_eq!(now(scene.map.tokens(&[b"%n:n"])).unwrap(), [None]);
}
