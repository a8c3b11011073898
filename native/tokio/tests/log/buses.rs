//! Messages whose bus does not come back, and what they may not hold up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_conformance::{Faults, LocalBus, MapStorage};
use cachefn_core::{Bus, Hearing, Invalidation, Message, Notice, Storage};

use crate::scene::{Place, Process};
use crate::support::now;

const LONG: Duration = Duration::from_secs(60);

fn message(key: &str) -> Message {
    Message::new("n", 7, Invalidation::Keys(vec![key.into()]))
}

/// Leaves changes and messages, each over the bus of its number.
fn leave(place: &Place, map: &MapStorage, numbers: &[usize]) {
    let (process, bus) = (place.begin(map, Faults::down()), LocalBus::new());
    let buses = [process.outbox.bus(bus.connect()), process.outbox.bus(bus.connect())];
    for number in numbers {
        process.set(&format!("n:{number}"), "record");
        process.runtime.drive(buses[*number].publish(&message(&number.to_string()))).unwrap();
    }
}

type Heard = Arc<Mutex<Vec<Notice>>>;

fn listen(bus: &LocalBus) -> (Heard, Hearing) {
    let heard = Heard::default();
    let told = Arc::clone(&heard);
    let hearing =
        bus.connect().subscribe(Arc::new(move |notice| told.lock().unwrap().push(notice)));
    (heard, hearing)
}

fn told(heard: &Heard) -> Vec<Notice> {
    std::mem::take(&mut heard.lock().unwrap())
}

/// Whether a set goes to the storage at once.
fn is_direct(process: &Process, map: &MapStorage) -> bool {
    let before = process.server.calls().set;
    process.set("n:direct", "record");
    assert!(!map.is_empty());
    process.server.calls().set > before
}

#[test]
fn s_34_a_message_of_a_bus_that_is_gone_goes_by_another_and_stops_none_behind_it() {
    let (place, map, bus) = (Place::new(), MapStorage::new(), LocalBus::new());
    leave(&place, &map, &[1, 0]);
    let (heard, _hearing) = listen(&bus);
    let second = place.begin(&map, Faults::none());
    let _following = second.outbox.bus(bus.connect());
    second.runtime.drive(second.outbox.flush()).unwrap();
    assert_eq!(told(&heard), [message("1"), message("0")].map(Notice::Message));
    assert_eq!((second.outbox.pending().messages, is_direct(&second, &map)), (0, true));
    second.runtime.drive(second.outbox.close()).unwrap();
    assert!(told(&heard).is_empty(), "once is enough");
}

#[test]
fn s_34_a_bus_that_comes_late_tells_its_message_although_another_has_told_it() {
    let (place, map) = (Place::new(), MapStorage::new());
    leave(&place, &map, &[1]);
    let (first, late) = (LocalBus::new(), LocalBus::new());
    let ((_, _first), (heard, _late)) = (listen(&first), listen(&late));
    let second = place.begin(&map, Faults::none());
    let _following = second.outbox.bus(first.connect());
    second.runtime.advance(LONG);
    assert!(told(&heard).is_empty());
    let _following = second.outbox.bus(late.connect());
    second.runtime.advance(LONG);
    assert_eq!(told(&heard), [Notice::Message(message("1"))]);
    let _third = second.outbox.bus(late.connect());
    second.runtime.advance(LONG);
    assert_eq!((told(&heard), second.runtime.tasks()), (Vec::new(), 0));
}

#[test]
fn h_37_without_any_bus_the_log_ends_and_sets_go_to_the_storage_at_once() {
    let (place, map, bus) = (Place::new(), MapStorage::new(), LocalBus::new());
    leave(&place, &map, &[0, 1]);
    let (heard, _hearing) = listen(&bus);
    let second = place.begin(&map, Faults::none());
    second.runtime.drive(second.outbox.flush()).unwrap();
    second.runtime.advance(LONG);
    assert!(is_direct(&second, &map) && second.runtime.tasks() == 0);
    // They are there still for the bus that comes.
    assert_eq!((second.outbox.pending().messages, told(&heard)), (2, Vec::new()));
    let _following = second.outbox.bus(bus.connect());
    second.runtime.advance(LONG);
    assert_eq!(told(&heard), [message("0"), message("1")].map(Notice::Message));
    assert_eq!((second.outbox.pending().messages, second.runtime.tasks()), (0, 0));
    assert_eq!(second.runtime.drive(second.outbox.shutdown(LONG)), []);
    // What others have written since is not overwritten.
    now(map.delete(b"n:0")).unwrap();
    let third = place.begin(&map, Faults::none());
    third.runtime.advance(LONG);
    assert_eq!((third.outbox.pending().entries, third.server.calls().total()), (0, 0));
}

#[test]
fn h_37_a_process_that_ends_without_a_bus_leaves_its_messages_to_the_next() {
    let (place, map, bus) = (Place::new(), MapStorage::new(), LocalBus::new());
    leave(&place, &map, &[0, 1]);
    let second = place.begin(&map, Faults::none());
    assert_eq!(second.runtime.drive(second.outbox.shutdown(LONG)), []);
    let (heard, _hearing) = listen(&bus);
    let third = place.begin(&map, Faults::none());
    let following = [third.outbox.bus(bus.connect()), third.outbox.bus(bus.connect())];
    third.runtime.advance(LONG);
    assert_eq!(told(&heard), [message("0"), message("1")].map(Notice::Message));
    assert_eq!((third.server.calls().total(), third.runtime.tasks()), (0, 0));
    drop((third, following));
    let fourth = place.begin(&map, Faults::none());
    assert_eq!((fourth.outbox.pending().messages, is_direct(&fourth, &map)), (0, true));
}
