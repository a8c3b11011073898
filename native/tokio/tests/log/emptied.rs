//! A storage that comes back empty: what waited on the disk alone is found there, as what waited in memory.

use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, MapStorage};
use cachefn_core::{Cache, EntryOptions, Postcard, Storage};

use crate::scene::{Place, Process};
use crate::spilling::little;
use crate::support::now;

fn cache(process: &Process) -> Cache<u32, u32> {
    let builder = Cache::builder("n").storage(process.outbox.clone()).codec(Postcard);
    builder.clock(process.runtime.clock()).build().unwrap()
}

fn empty(map: &MapStorage) {
    let names: Vec<Bytes> = now(map.scan(b"", b"", 1_000)).unwrap().names;
    let names: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
    assert_eq!(now(map.delete_many(&names)).unwrap(), names.len());
}

#[test]
fn s_36_what_was_set_while_the_storage_was_away_is_valid_in_an_empty_one() {
    let (place, map) = (Place::new(), MapStorage::new());
    let process = little(&place, &map, Faults::none());
    let (own, run) = (cache(&process), &process.runtime);
    let tagged = |key: u32| match key % 2 {
        0 => EntryOptions::new().tag("even"),
        _ => EntryOptions::new(),
    };
    run.drive(own.set_with(0, 0, tagged(0))).unwrap();
    process.server.inject(Faults::down());
    for key in 0..30 {
        run.drive(own.set_with(key, key + 100, tagged(key))).unwrap();
    }
    // What is invalid in this process stays so.
    run.drive(own.invalidate_by_tag("even")).unwrap();
    assert!(process.outbox.pending().on_disk > 20, "{:?}", process.outbox.pending());
    empty(&map);
    process.server.inject(Faults::none());
    run.advance(Duration::from_secs(60));
    run.drive(process.outbox.flush()).unwrap();
    assert_eq!(process.outbox.pending().entries, 0);
    let plain = Cache::<u32, u32>::builder("n").storage(map).codec(Postcard);
    let plain = plain.clock(run.clock()).build().unwrap();
    for key in 0..30 {
        let expected = (key % 2 > 0).then_some(key + 100);
        assert_eq!(now(plain.get(&key)).unwrap(), expected, "key {key}");
    }
}
