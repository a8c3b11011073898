//! Sets that find no room in memory wait on the disk alone: read, ordered, overwritten and written as the others.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, MapStorage};
use cachefn_core::{Error, Found, Keep, Storage};
use cachefn_tokio::{Durability, Log, LogBuilder, Outbox};

use crate::scene::{Place, Process, held};
use crate::support::{Manual, now};

/// Memory for two sets, and for some hundred on the disk.
pub(crate) const LITTLE: usize = 5_000;

pub(crate) fn quick(log: LogBuilder) -> LogBuilder {
    log.durability(Durability::Never)
}

pub(crate) fn little(place: &Place, map: &MapStorage, faults: Faults) -> Process {
    place.begin_with(map, faults, quick, |outbox| outbox.max_bytes(LITTLE))
}

pub(crate) fn get(process: &Process, name: &str) -> Option<String> {
    let found = process.runtime.drive(process.outbox.get(name.as_bytes())).unwrap();
    found.map(|found| String::from_utf8(found.record.to_vec()).unwrap())
}

#[test]
fn h_36_what_has_no_room_in_memory_is_read_from_the_log_and_nothing_is_lost() {
    let (place, map) = (Place::new(), MapStorage::new());
    let process = place.begin_with(&map, Faults::down(), quick, |outbox| outbox.max_bytes(200_000));
    for number in 0..2_000 {
        process.set(&format!("n:{number}"), &format!("{number:0100}"));
        let pending = process.outbox.pending();
        assert!(pending.bytes <= 200_000 && pending.dropped == 0, "{pending:?}");
    }
    let pending = process.outbox.pending();
    assert_eq!((pending.entries, pending.sets, pending.merged), (2_000, 2_000, 0));
    assert!(pending.on_disk > 1_800, "{pending:?}");
    for number in (0..2_000).step_by(7) {
        assert_eq!(get(&process, &format!("n:{number}")), Some(format!("{number:0100}")));
    }
    process.recover();
    assert_eq!(map.len(), 2_000);
}

#[test]
fn h_37_the_next_start_has_no_more_in_memory_than_it_may_and_writes_all_of_it() {
    let (place, map) = (Place::new(), MapStorage::new());
    let first = place.begin_with(&map, Faults::down(), quick, |outbox| outbox);
    for number in 0..600 {
        first.set(&format!("n:{}", number % 400), &number.to_string());
    }
    assert_eq!(first.outbox.pending().on_disk, 0);
    drop(first);
    let second = place.begin_with(&map, Faults::down(), quick, |outbox| outbox.max_bytes(40_000));
    let pending = second.outbox.pending();
    assert!(pending.bytes <= 40_000, "{pending:?}");
    assert_eq!((pending.entries, pending.dropped), (400, 0));
    assert_eq!(
        (get(&second, "n:7"), get(&second, "n:300")),
        (Some("407".into()), Some("300".into()))
    );
    second.set("n:300", "newer");
    second.recover();
    assert_eq!(map.len(), 400);
    let stored = now(map.get(b"n:300")).unwrap().unwrap().record;
    assert_eq!(
        (&stored[..], &place.begin(&map, Faults::none()).outbox.pending().entries),
        (&b"newer"[..], &0)
    );
}

#[test]
fn h_36_the_last_write_of_a_name_wins_wherever_it_waits() {
    let (place, map) = (Place::new(), MapStorage::new());
    let process = little(&place, &map, Faults::down());
    for round in 0..5 {
        for number in 0..20 {
            process.set(&format!("n:{number}"), &format!("{round}"));
        }
    }
    process.delete("n:19");
    process.runtime.drive(process.outbox.delete_if(b"n:18", b"4")).unwrap();
    assert!(!process.runtime.drive(process.outbox.delete_if(b"n:17", b"3")).unwrap());
    let pending = process.outbox.pending();
    assert_eq!((pending.entries, pending.sets), (20, 18));
    assert_eq!((get(&process, "n:19"), get(&process, "n:18")), (None, None));
    process.recover();
    let held = held(&map);
    assert_eq!(held.len(), 18);
    assert!(held.iter().all(|(_, record)| record == "4"), "{held:?}");
}

#[test]
fn h_37_a_log_that_is_written_anew_keeps_what_is_on_the_disk_alone() {
    let (place, map) = (Place::new(), MapStorage::new());
    let log = |log: LogBuilder| quick(log).file_bytes(2_000).max_bytes(20_000);
    let first = place.begin_with(&map, Faults::down(), log, |outbox| outbox.max_bytes(LITTLE));
    for number in 0..40 {
        first.set(&format!("n:{number}"), "stays");
    }
    for number in 0..3_000 {
        first.set(&format!("n:{}", 30 + number % 20), &number.to_string());
        assert!(place.bytes() <= 21_000, "{}", place.bytes());
    }
    let pending = first.outbox.pending();
    assert_eq!((pending.entries, pending.dropped), (50, 0));
    assert!(pending.on_disk > 40, "{pending:?}");
    assert_eq!(get(&first, "n:20"), Some("stays".into()));
    drop(first);
    let second = place.begin_with(&map, Faults::down(), log, |outbox| outbox.max_bytes(LITTLE));
    assert_eq!(second.outbox.pending().entries, 50);
    second.recover();
    let held = held(&map);
    let stays = held.iter().filter(|(_, record)| record == "stays").count();
    assert_eq!((held.len(), stays), (50, 30));
}

#[test]
fn h_37_what_dies_on_the_disk_is_not_written_and_what_it_replaced_does_not_come_back() {
    let (place, map) = (Place::new(), MapStorage::new());
    now(map.set(b"n:7", Bytes::from_static(b"older"), Keep::default())).unwrap();
    let process = little(&place, &map, Faults::down());
    for number in 0..10 {
        let keep = Keep::new((number > 4).then_some(Duration::from_secs(10)), &[]);
        let name = format!("n:{number}");
        let set = process.outbox.set(name.as_bytes(), Bytes::from_static(b"r"), keep);
        process.runtime.drive(set).unwrap();
    }
    let found = process.runtime.drive(process.outbox.get(b"n:7")).unwrap().unwrap();
    assert_eq!(found.remaining, Some(Duration::from_secs(10)));
    process.runtime.advance(Duration::from_secs(10));
    assert_eq!(get(&process, "n:7"), None);
    process.server.inject(Faults::none());
    process.runtime.drive(process.outbox.flush()).unwrap();
    assert_eq!((map.len(), process.outbox.pending().expired), (5, 5));
}

/// The names that were written, in their order.
#[derive(Clone, Default)]
struct Order {
    names: Arc<Mutex<Vec<String>>>,
    is_up: Arc<AtomicBool>,
}

impl Storage for Order {
    async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> {
        Ok(None)
    }
    async fn set(&self, name: &[u8], _: Bytes, _: Keep<'_>) -> Result<(), Error> {
        if !self.is_up.load(SeqCst) {
            return Err(Error::unavailable("set", "it is told to"));
        }
        self.names.lock().unwrap().push(String::from_utf8_lossy(name).into());
        Ok(())
    }
    async fn delete(&self, _: &[u8]) -> Result<bool, Error> {
        Ok(false)
    }
}

#[test]
fn s_36_what_waits_on_the_disk_is_written_in_the_order_in_which_it_came() {
    let (place, order, runtime) = (Place::new(), Order::default(), Manual::new());
    let log = quick(Log::builder(place.path())).open().unwrap();
    let outbox = Outbox::new(order.clone(), runtime.clone()).clock(runtime.clock()).log(log);
    let outbox = now(outbox.max_bytes(LITTLE).batch(3, Duration::from_millis(10)).build()).unwrap();
    let set = |number: u64| {
        let name = format!("n:{number:02}");
        runtime.drive(outbox.set(name.as_bytes(), "record".into(), Keep::default())).unwrap();
    };
    (0..20).for_each(set);
    assert!(outbox.pending().on_disk > 15);
    // Written again it goes to the end of the line.
    set(7);
    order.is_up.store(true, SeqCst);
    runtime.drive(outbox.flush()).unwrap();
    let names: Vec<String> = order.names.lock().unwrap().clone();
    let expected = (0..20).filter(|number| *number != 7).chain([7]);
    assert_eq!(names, expected.map(|number| format!("n:{number:02}")).collect::<Vec<_>>());
}
