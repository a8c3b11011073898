//! Sets on the disk alone, seen by whoever lists names, and by other processes.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_conformance::{Faults, LocalBus, MapStorage};
use cachefn_core::{Bus, Invalidation, Keep, Message, Mode, Storage};

use crate::scene::{Place, held};
use crate::spilling::{get, little};
use crate::support::now;

#[test]
fn s_37_names_on_the_disk_are_listed_with_the_others_and_once() {
    let (place, map) = (Place::new(), MapStorage::new());
    now(map.set(b"n:stored", Bytes::from_static(b"r"), Keep::default())).unwrap();
    let process = little(&place, &map, Faults::down().for_writes());
    for number in 0..30 {
        process.set(&format!("n:{number}"), "record");
        process.set(&format!("m:{number}"), "record");
    }
    process.delete("n:3");
    let (mut names, mut cursor) = (Vec::new(), Bytes::new());
    loop {
        let page = process.runtime.drive(process.outbox.scan(b"n:", &cursor, 4)).unwrap();
        assert!(page.names.len() <= 4, "{page:?}");
        names.extend(page.names);
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!((names.len(), count), (30, 30));
    assert!(names.contains(&Bytes::from_static(b"n:stored")));
}

#[test]
fn h_38_what_another_process_tells_takes_back_what_waits_on_the_disk() {
    let (place, map, bus) = (Place::new(), MapStorage::new(), LocalBus::new());
    let process = little(&place, &map, Faults::down());
    let following = process.outbox.bus(bus.connect());
    let _hearing = following.subscribe(Arc::new(|_| ()));
    let hashed = format!("n:#{}", "0".repeat(32));
    for number in 0..10 {
        process.set(&format!("n:{number}"), "waits");
        process.set(&format!("m:{number}"), "waits");
    }
    for name in ["n:cat", "m:cat", &hashed] {
        process.set(name, "waits");
    }
    let tell = |what| now(bus.connect().publish(&Message::new("n", 8, what))).unwrap();
    tell(Invalidation::Keys(vec!["7".into(), "0".into()]));
    assert_eq!(
        (get(&process, "m:7"), process.outbox.pending().entries),
        (Some("waits".into()), 20)
    );
    tell(Invalidation::Patterns(vec!["c*".into()], Mode::Remove));
    assert_eq!(
        (get(&process, "m:cat"), process.outbox.pending().entries),
        (Some("waits".into()), 19)
    );
    drop((process, following));
    let second = little(&place, &map, Faults::none());
    second.recover();
    let names: Vec<String> = held(&map).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 19);
    assert!(!["n:7", "n:0", "n:cat", &hashed].iter().any(|name| names.contains(&name.to_string())));
}
