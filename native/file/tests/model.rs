//! Random operations beside a naive map.

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::Random;
use cachefn_core::{Keep, ManualClock, Put, Storage};
use common::{Folder, names, now};

#[test]
fn the_file_holds_what_a_map_would_hold() {
    let (first, runs) = match std::env::var("CACHEFN_SEED") {
        Ok(seed) => (seed.parse().unwrap(), 1),
        Err(_) if std::env::var("CACHEFN_LONG").is_ok() => (0, 300),
        Err(_) => (0, 12),
    };
    for seed in first..first + runs {
        let result = std::panic::catch_unwind(|| run(seed));
        assert!(result.is_ok(), "seed {seed}");
    }
}

fn run(seed: u64) {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let open = || {
        let builder = folder.builder().clock(clock.clone()).batch_bytes(20_000);
        builder.commit_interval(Duration::from_millis(1)).build().unwrap()
    };
    let mut storage = open();
    let mut random = Random(seed);
    // Name → record and deadline.
    let mut map: BTreeMap<String, (Bytes, u64)> = BTreeMap::new();
    let mut time = 0;
    for _ in 0..400 {
        let name = format!("{}:{}", ["a", "b"][random.below(2) as usize], random.below(40));
        let record = Bytes::from(vec![random.draw() as u8; random.below(3_000) as usize]);
        let life = (random.below(3) > 0).then(|| random.below(5_000));
        let keep = Keep::new(life.map(Duration::from_millis), &[]);
        let deadline = life.map_or(u64::MAX, |life| time + life);
        let live = map.get(&name).filter(|(_, deadline)| *deadline > time).cloned();
        match random.below(20) {
            0..6 => {
                now(storage.set(name.as_bytes(), record.clone(), keep)).unwrap();
                map.insert(name, (record, deadline));
            }
            6 => {
                let other = format!("many:{}", random.below(9));
                let put = |name| Put { name, record: record.clone(), keep };
                let many = vec![put(name.as_bytes()), put(other.as_bytes())];
                now(storage.set_many(many)).unwrap();
                map.insert(other, (record.clone(), deadline));
                map.insert(name, (record, deadline));
            }
            7..9 => {
                assert_eq!(now(storage.delete(name.as_bytes())).unwrap(), live.is_some());
                map.remove(&name);
            }
            9 => {
                let meant = live.as_ref().map_or(record, |(record, _)| record.clone());
                let deleted = now(storage.delete_if(name.as_bytes(), &meant)).unwrap();
                assert_eq!(deleted, live.is_some());
                map.remove(&name);
            }
            10..13 => {
                let found = now(storage.get(name.as_bytes())).unwrap();
                assert_eq!(found.map(|found| found.record), live.map(|(record, _)| record));
            }
            13 => now(storage.flush()).unwrap(),
            14 => {
                now(storage.purge()).unwrap();
            }
            15 => {
                drop(storage);
                storage = open();
            }
            16..18 => {
                let by = random.below(900);
                clock.advance(Duration::from_millis(by));
                time += by;
            }
            _ => {
                let prefix = ["", "a:", "b:1", "many:"][random.below(4) as usize];
                let live = map.iter().filter(|(_, (_, deadline))| *deadline > time);
                let expected: Vec<&String> =
                    live.map(|(name, _)| name).filter(|name| name.starts_with(prefix)).collect();
                assert_eq!(names(&storage, prefix.as_bytes()).iter().collect::<Vec<_>>(), expected);
            }
        }
    }
    assert!(storage.damaged().is_empty());
    let dead = map.values().filter(|(_, deadline)| *deadline <= time).count();
    let mut purged = 0;
    loop {
        match now(storage.purge()).unwrap() {
            0 => break,
            more => purged += more,
        }
    }
    assert!(purged <= dead, "{purged} were purged, of {dead} that had died in all");
}
