//! Drawn operations around the loss of everything a storage had, against a model.

use std::collections::BTreeMap;
use std::time::Duration;

use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{Cache, EntryOptions, Postcard};
use cachefn_tokio::Outbox;

use crate::drawn::each;
use crate::support::{Faulty, Manual, Random, emptied, now};

/// What a key was set to last, as long as nothing has removed it.
type Model = BTreeMap<u32, Set>;

struct Set {
    value: u64,
    tags: Vec<&'static str>,
    /// The storage had it and has lost it: memory alone may have it.
    is_lost: bool,
}

impl Set {
    fn new(value: u64, tags: Vec<&'static str>) -> Self {
        Set { value, tags, is_lost: false }
    }
}

const TAGS: [&str; 3] = ["a", "b", "c"];

struct Process {
    cache: Cache<u32, u64>,
    outbox: Outbox<Faulty>,
}

fn process(server: &Faulty, runtime: &Manual, seed: u64) -> Process {
    let builder = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
    let builder = if seed.is_multiple_of(3) { builder.write_behind() } else { builder };
    let outbox = now(builder.batch(4, Duration::from_millis(10)).build()).unwrap();
    let builder = Cache::builder("n").storage(outbox.clone()).codec(Postcard);
    Process { cache: builder.clock(runtime.clock()).build().unwrap(), outbox }
}

fn step(process: &Process, runtime: &Manual, random: &mut Random, model: &mut Model, value: u64) {
    let (cache, key) = (&process.cache, random.below(6) as u32);
    match random.below(12) {
        0..6 => {
            let of = |_: &&str| random.below(3) == 0;
            let tags: Vec<&str> = TAGS.iter().copied().filter(of).collect();
            let options = EntryOptions::new().tags(tags.clone());
            runtime.drive(cache.set_with(key, value, options)).unwrap();
            model.insert(key, Set::new(value, tags));
        }
        6 => {
            runtime.drive(cache.delete(&key)).unwrap();
            model.remove(&key);
        }
        7 => {
            let tag = TAGS[random.below(3) as usize];
            runtime.drive(cache.invalidate_by_tag(tag)).unwrap();
            model.retain(|_, set| !set.tags.contains(&tag));
        }
        8 if random.below(3) == 0 => {
            runtime.drive(cache.clear()).unwrap();
            model.clear();
        }
        9 => {
            let many: Vec<(u32, u64)> = (0..3).map(|more| ((key + more) % 6, value)).collect();
            runtime.drive(cache.set_many(many.clone())).unwrap();
            model.extend(many.into_iter().map(|(key, value)| (key, Set::new(value, Vec::new()))));
        }
        10 => runtime.advance(Duration::from_millis(random.below(300))),
        _ => {
            if let Ok(read) = runtime.drive(cache.get(&key)) {
                let own = model.get(&key).map(|set| set.value);
                assert!(read.is_none() || read == own, "key {key}: {read:?}, not {own:?}");
            }
        }
    }
}

#[test]
fn s_36_nothing_is_lost_or_comes_back_whatever_the_storage_has_when_it_comes_back() {
    each(|seed| {
        let (mut random, map, runtime) = (Random(seed), MapStorage::new(), Manual::new());
        let map = if seed.is_multiple_of(2) { map.telling_tokens() } else { map };
        let server = Chaos::new(map.clone(), seed);
        let (mut model, mut values) = (Model::new(), 1..);
        let mut process_of_before = process(&server, &runtime, seed);
        for value in values.by_ref().take(20) {
            step(&process_of_before, &runtime, &mut random, &mut model, value);
        }
        runtime.advance(Duration::from_secs(60));
        assert_eq!(process_of_before.outbox.pending().entries, 0);
        server.inject(Faults::down());
        // Most often the same goes on; sometimes one that has never seen the storage.
        if random.below(3) == 0 {
            process_of_before = process(&server, &runtime, seed);
        }
        let process = process_of_before;
        let is_emptied = random.below(4) > 0;
        for value in values.by_ref().take(20) {
            step(&process, &runtime, &mut random, &mut model, value);
        }
        // What was there before the outage, and was not written since, goes with the storage.
        let since = values.start - 20;
        if is_emptied {
            emptied(&map);
            model.values_mut().for_each(|set| set.is_lost = set.value < since);
        }
        for _ in 0..4 {
            server.inject(match random.below(4) {
                0 => Faults::none().errors(0.4).delays(0.3, 3),
                1 => Faults::none().lost_answers(0.3).delays(0.3, 3),
                2 => Faults::down().for_writes(),
                _ => Faults::none().delays(0.5, 4),
            });
            for value in values.by_ref().take(5) {
                step(&process, &runtime, &mut random, &mut model, value);
            }
            runtime.advance(Duration::from_millis(random.below(20_000)));
        }
        server.inject(Faults::none());
        runtime.advance(Duration::from_secs(60));
        runtime.drive(process.cache.flush()).unwrap();
        assert_eq!(process.outbox.pending().entries, 0);
        let builder = Cache::<u32, u64>::builder("n").storage(map).codec(Postcard);
        let plain = builder.clock(runtime.clock()).build().unwrap();
        for key in 0..6 {
            let (stored, own) = (now(plain.get(&key)).unwrap(), model.get(&key));
            let is_lost = own.is_some_and(|set| set.is_lost);
            assert_eq!(stored, own.filter(|_| !is_lost).map(|set| set.value), "key {key}");
            let read = runtime.drive(process.cache.get(&key)).unwrap();
            assert!(is_lost || read == stored, "key {key}: {read:?} in memory, {stored:?} stored");
        }
    });
}
