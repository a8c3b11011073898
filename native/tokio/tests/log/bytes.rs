//! The bytes of a log are those that docs/log-format.md draws.

use bytes::Bytes;
use cachefn_conformance::{Faults, LocalBus, MapStorage};
use cachefn_core::{Bus, Invalidation, Keep, Message, Storage, Token};
use std::time::Duration;

use crate::scene::{Place, held};
use crate::support::now;

/// The blocks of the document, as bytes.
fn drawn() -> Vec<u8> {
    let text = include_str!("../../../../docs/log-format.md");
    let blocks = text.split("```").filter_map(|block| block.strip_prefix("log\n"));
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.split('|').next());
    let bytes = lines.flat_map(str::split_whitespace);
    bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

#[test]
fn s_38_a_log_has_the_bytes_that_are_drawn() {
    let (place, map, bus) = (Place::new(), MapStorage::new(), LocalBus::new());
    let process = place.begin(&map, Faults::none());
    let run = &process.runtime;
    let (first, second) = (Token([0x11; 16]), Token([0x22; 16]));
    run.drive(process.outbox.create_tokens(&[(b"%n:n", first)])).unwrap();
    process.server.inject(Faults::down());
    let keep = Keep::new(Some(Duration::from_secs(60)), &[b"%n:n"]);
    run.drive(process.outbox.set(b"n:a", Bytes::from_static(b"Ada"), keep)).unwrap();
    process.delete("n:b");
    run.drive(process.outbox.replace_tokens(&[(b"%n:n", second)])).unwrap();
    run.drive(process.outbox.delete_if(b"n:c", b"old")).unwrap();
    let following = process.outbox.bus(bus.connect());
    let message = Message::new("n", 7, Invalidation::Keys(vec!["a".into()]));
    run.drive(following.publish(&message)).unwrap();
    let bytes = std::fs::read(place.path().join("00000001.log")).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X} ")).collect::<String>();
    assert_eq!(hex(&bytes), hex(&drawn()));
}

#[test]
fn s_38_a_log_that_is_drawn_is_read() {
    let (place, map) = (Place::new(), MapStorage::new());
    for (name, record) in [(&b"n:b"[..], &b"b"[..]), (b"n:c", b"old")] {
        now(map.set(name, Bytes::from_static(record), Keep::default())).unwrap();
    }
    now(map.replace_tokens(&[(b"%n:n", Token([0x11; 16]))])).unwrap();
    std::fs::create_dir_all(place.path()).unwrap();
    std::fs::write(place.path().join("00000001.log"), drawn()).unwrap();
    let process = place.begin(&map, Faults::none());
    let pending = process.outbox.pending();
    assert_eq!((pending.entries, pending.messages), (4, 1));
    process.recover();
    let (names, records): (Vec<_>, Vec<_>) = held(&map).into_iter().unzip();
    assert_eq!(names, ["%n:n", "n:a"]);
    assert_eq!(records, ["\x22".repeat(16), "Ada".into()]);
}
