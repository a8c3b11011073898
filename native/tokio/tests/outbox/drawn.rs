//! Drawn operations, with a storage that fails, a process that ends and a bus: what is promised holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, LocalBus, MapStorage};
use cachefn_core::{Cache, EntryOptions, Keep, Postcard, Storage, Token};
use cachefn_tokio::{Log, Outbox};

use crate::support::{Faulty, Manual, Random, emptied, now};

fn seeds() -> impl Iterator<Item = u64> {
    let long = std::env::var("CACHEFN_LONG").is_ok();
    match std::env::var("CACHEFN_SEED") {
        Ok(seed) => {
            let seed: u64 = seed.parse().unwrap();
            seed..seed + 1
        }
        Err(_) => 0..if long { 5_000 } else { 150 },
    }
}

pub(crate) fn each(run: fn(u64)) {
    for seed in seeds() {
        let result = std::panic::catch_unwind(|| run(seed));
        assert!(result.is_ok(), "seed {seed}");
    }
}

fn faults(random: &mut Random) -> Faults {
    match random.below(5) {
        0 => Faults::down(),
        1 => Faults::down().for_writes(),
        2 => Faults::none().errors(0.4).delays(0.3, 3),
        3 => Faults::none().lost_answers(0.3).delays(0.3, 3),
        _ => Faults::none(),
    }
}

#[test]
fn s_36_after_recovery_the_storage_has_the_last_write_of_each_name() {
    each(|seed| {
        assert_eq!(last_writes(seed, !seed.is_multiple_of(3), 64 << 20), 0, "all fits into memory")
    });
}

/// Two sets have room in memory, and the deletes of all names.
#[test]
fn s_36_the_same_holds_of_what_waits_on_the_disk_alone() {
    static MOST: AtomicUsize = AtomicUsize::new(0);
    each(|seed| {
        MOST.fetch_max(last_writes(seed, true, 3_600), SeqCst);
    });
    assert!(MOST.load(SeqCst) > 0, "nothing was on the disk alone");
}

/// Drawn calls are compared with a model; how many sets were on the disk alone at most.
fn last_writes(seed: u64, has_log: bool, max_bytes: usize) -> usize {
    let (mut random, map) = (Random(seed), MapStorage::new());
    let (folder, runtime) = (tempfile::tempdir().unwrap(), Manual::new());
    let (server, is_behind) = (Chaos::new(map.clone(), seed), !seed.is_multiple_of(2));
    let mut most_on_disk = 0;
    let open = || {
        let mut builder = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
        builder = builder.max_bytes(max_bytes);
        if is_behind {
            builder = builder.write_behind();
        }
        if has_log {
            let log = Log::builder(folder.path()).durability(cachefn_tokio::Durability::Never);
            let log = log.file_bytes(500).max_bytes(20_000);
            builder = builder.log(log.open().unwrap());
        }
        now(builder.batch(4, Duration::from_millis(10)).build()).unwrap()
    };
    let mut outbox = open();
    let mut model: BTreeMap<String, String> = BTreeMap::new();
    let mut replaced: Vec<Token> = Vec::new();
    for step in 0..120u64 {
        let name = format!("n:{}", random.below(6));
        let record = step.to_string();
        match random.below(16) {
            0..6 => {
                let bytes = Bytes::from(record.clone());
                let set = outbox.set(name.as_bytes(), bytes, Keep::default());
                runtime.drive(set).unwrap();
                model.insert(name, record);
            }
            6..8 => {
                let told = runtime.drive(outbox.delete(name.as_bytes())).unwrap();
                let was_there = model.remove(&name).is_some();
                assert!(was_there || !told, "{name}: nothing was there");
            }
            8 => {
                let held = model.get(&name).cloned().unwrap_or(record);
                runtime.drive(outbox.delete_if(name.as_bytes(), held.as_bytes())).unwrap();
                model.remove(&name);
            }
            9 => {
                let token = Token([step as u8 + 1; 16]);
                runtime.drive(outbox.replace_tokens(&[(b"%n:n", token)])).unwrap();
                replaced.push(token);
            }
            10 => server.inject(faults(&mut random)),
            11 => runtime.advance(Duration::from_millis(random.below(300))),
            12 if has_log => {
                drop(outbox);
                runtime.run();
                outbox = open();
            }
            13 => {
                if let Ok(found) = runtime.drive(outbox.get_many(&[b"n:0", b"n:1", b"n:2"])) {
                    let names = ["n:0", "n:1", "n:2"].map(|name| model.get(name).cloned());
                    let found = found.into_iter().map(|found| found.map(|found| found.record));
                    assert_eq!(found.collect::<Vec<_>>(), names.map(|own| own.map(Bytes::from)));
                }
            }
            14 => {
                let read = runtime.drive(outbox.tokens(&[b"%n:n"]));
                if let (Ok(tokens), Some((_, old))) = (read, replaced.split_last()) {
                    assert!(tokens[0].is_some_and(|token| !old.contains(&token)), "{tokens:?}");
                }
            }
            _ => {
                if let Ok(found) = runtime.drive(outbox.get(name.as_bytes())) {
                    let found = found.map(|found| found.record);
                    assert_eq!(found, model.get(&name).cloned().map(Bytes::from), "{name}");
                }
            }
        }
        let pending = outbox.pending();
        assert_eq!((pending.dropped, pending.merged), (0, 0), "{pending:?}");
        most_on_disk = most_on_disk.max(pending.on_disk);
    }
    server.inject(Faults::none());
    runtime.advance(Duration::from_secs(60));
    runtime.drive(outbox.flush()).unwrap();
    for name in (0..6).map(|number| format!("n:{number}")) {
        let stored = now(map.get(name.as_bytes())).unwrap().map(|found| found.record);
        assert_eq!(stored, model.get(&name).cloned().map(Bytes::from), "{name} in the end");
    }
    if let Some((_, old)) = replaced.split_last() {
        let token = now(map.tokens(&[b"%n:n"])).unwrap()[0];
        assert!(token.is_some_and(|token| !old.contains(&token)), "{token:?}");
    }
    runtime.run();
    assert_eq!((outbox.pending().entries, runtime.tasks()), (0, 0));
    most_on_disk
}

struct Peer {
    server: Faulty,
    cache: Cache<u32, u64>,
}

#[test]
fn s_34_two_caches_agree_when_all_is_quiet_and_no_invalidation_is_undone() {
    each(|seed| {
        let (mut random, map, bus) = (Random(seed), MapStorage::new(), LocalBus::new());
        let runtime = Manual::new();
        let open = |number: u64| {
            let server = Chaos::new(map.clone(), seed ^ number);
            let builder = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
            let builder =
                if (seed ^ number).is_multiple_of(3) { builder.write_behind() } else { builder };
            let outbox = now(builder.batch(4, Duration::from_millis(10)).build()).unwrap();
            let bus = Arc::new(outbox.bus(bus.connect()));
            let cache =
                Cache::builder("n").storage(outbox).bus(bus).codec(Postcard).clock(runtime.clock());
            Peer { server, cache: cache.build().unwrap() }
        };
        let peers = [open(1), open(2)];
        // The number of the step at which everything, or all with the tag, was made invalid last.
        let (mut cleared, mut tagged) = (0, 0);
        // Where a set failed, the caller was told, and memory alone has the value.
        let mut refused = BTreeSet::new();
        // What a storage loses, each may keep for itself.
        let mut is_emptied = false;
        for step in 1..80u64 {
            let (peer, key) = (&peers[random.below(2) as usize], random.below(4) as u32);
            let cache = &peer.cache;
            let tag = || EntryOptions::new().tag("even");
            let call = random.below(15);
            // The first two keys are written by hand, the others are loaded.
            let key = match call {
                0..3 => key % 2,
                3..5 => 2 + key % 2,
                _ => key,
            };
            match call {
                0..3 if key % 2 == 0 => {
                    if runtime.drive(cache.set_with(key, step, tag())).is_err() {
                        refused.insert(key);
                    }
                }
                0..3 => {
                    if runtime.drive(cache.set(key, step)).is_err() {
                        refused.insert(key);
                    }
                }
                3..5 => {
                    let options = if key % 2 == 0 { tag() } else { EntryOptions::new() };
                    let load = async |_: cachefn_core::LoadContext<u64>| step;
                    runtime.drive(cache.get_or_fetch_with(&key, options, load));
                }
                5 => {
                    let _ = runtime.drive(cache.delete(&key));
                }
                6 => {
                    if runtime.drive(cache.clear()).is_ok() {
                        cleared = step;
                    }
                }
                7 => {
                    if runtime.drive(cache.invalidate_by_tag("even")).is_ok() {
                        tagged = step;
                    }
                }
                8 | 9 => peer.server.inject(faults(&mut random)),
                10 => runtime.advance(Duration::from_millis(random.below(500))),
                11 if seed % 4 == 1 && random.below(2) == 0 => {
                    emptied(&map);
                    is_emptied = true;
                }
                _ => {
                    let _ = runtime.drive(cache.get(&key));
                }
            }
        }
        peers.iter().for_each(|peer| peer.server.inject(Faults::none()));
        runtime.advance(Duration::from_secs(60));
        for _ in 0..2 {
            peers.iter().for_each(|peer| runtime.drive(peer.cache.flush()).unwrap());
            runtime.advance(Duration::from_secs(60));
            bus.settle();
        }
        let plain = Cache::<u32, u64>::builder("n").storage(map).codec(Postcard);
        let plain = plain.clock(runtime.clock()).build().unwrap();
        for key in 0..4 {
            let stored = now(plain.get(&key)).unwrap();
            for peer in &peers {
                let read = runtime.drive(peer.cache.get(&key)).unwrap();
                // What was loaded while the storage was down, each may keep for itself.
                let agrees = key >= 2 || is_emptied || refused.contains(&key) || read == stored;
                assert!(agrees, "key {key}: {read:?}, stored {stored:?}");
                let invalid = if key % 2 == 0 { cleared.max(tagged) } else { cleared };
                assert!(read.is_none_or(|made| made > invalid), "key {key}: {read:?} of {invalid}");
            }
        }
    });
}
