//! The order and the books of the queue.

use super::*;
use crate::outbox::change::Kept;

fn put(deadline: u64) -> Change {
    Change::Put(Kept {
        record: Bytes::from_static(b"r"),
        deadline,
        tokens: [].into(),
        lease: None,
        is_given: false,
    })
}

fn order(queue: &Queue) -> Vec<&[u8]> {
    queue.in_order().map(|entry| &entry.name[..]).collect()
}

#[test]
fn h_36_the_last_write_of_a_name_wins_and_keeps_the_place_of_the_first() {
    let mut queue = Queue::default();
    for (version, name) in (1..).zip([b"a", b"b", b"a"]) {
        queue.insert(name, put(version), version);
    }
    assert_eq!(order(&queue), [b"a", b"b"]);
    assert_eq!((queue.first(), queue.least_version()), (Some(1), Some(2)));
    assert!(matches!(&queue.get(b"a").unwrap().change, Change::Put(kept) if kept.deadline == 3));
}

#[test]
fn what_is_on_its_way_gives_its_place_to_nobody() {
    let mut queue = Queue::default();
    queue.insert(b"a", put(NEVER), 1);
    queue.insert(b"b", put(NEVER), 2);
    queue.begin(b"a");
    queue.insert(b"a", Change::Gone, 3);
    assert_eq!(order(&queue), [b"b", b"a"]);
    assert_eq!(queue.oldest_put().unwrap()[..], b"b"[..]);
    assert!(queue.remove_version(b"a", 1).is_none());
    assert!(queue.end(b"a"));
}

#[test]
fn the_weight_of_an_empty_queue_is_nothing() {
    let mut queue = Queue::default();
    for (version, name) in (1..).zip([b"a", b"b", b"a", b"c", b"b"]) {
        let change = if version % 2 == 0 { Change::Gone } else { put(version) };
        queue.insert(name, change, version);
    }
    assert_eq!(queue.dead(1).len() + queue.dead(5).len(), 2);
    for name in [b"a", b"b", b"c"] {
        queue.remove(name);
    }
    assert_eq!((queue.weight(), queue.puts(), queue.first()), (0, 0, None));
    assert!(queue.dead(9).is_empty() && queue.least_version().is_none());
}

#[test]
fn what_is_written_again_and_again_behind_one_that_stays_takes_no_more_room() {
    let mut queue = Queue::default();
    queue.insert(b"first", put(NEVER), 1);
    for version in 2..10_000 {
        queue.insert(b"again", put(version), version);
    }
    let lengths = [queue.order.len(), queue.puts.len(), queue.versions.len(), queue.deaths.len()];
    assert!(lengths.into_iter().all(|length| length <= 2 * queue.len() + SPARE), "{lengths:?}");
    assert_eq!(order(&queue), [&b"first"[..], b"again"]);
    assert_eq!(queue.dead(10_000).len(), 1);
}

#[test]
fn a_name_is_as_busy_as_calls_concern_it_whether_or_not_it_waits() {
    let mut queue = Queue::default();
    queue.begin(b"a");
    queue.insert(b"a", put(1), 1);
    queue.begin(b"a");
    assert!(queue.is_busy(b"a") && queue.dead(1).is_empty() && queue.oldest_put().is_none());
    queue.remove(b"a");
    assert!(queue.is_busy(b"a") && !queue.end(b"a") && queue.is_busy(b"a"));
    queue.insert(b"a", put(1), 2);
    assert!(queue.has_calls() && queue.end(b"a") && !queue.is_busy(b"a") && !queue.has_calls());
    assert_eq!(queue.dead(1).len(), 1);
    let cell = queue.in_cells().next().map(|(cell, _)| cell);
    assert!(!queue.begin_at(cell, 1) && !queue.has_calls(), "it is another change");
    assert!(queue.begin_at(cell, 2) && queue.has_calls());
    assert!(!queue.end_at(cell, 1) && queue.has_calls());
    assert!(queue.end_at(cell, 2) && !queue.has_calls());
}

#[test]
fn h_36_the_order_is_that_of_the_places_however_often_names_come_and_go() {
    let seed = 20_261_122_u64;
    let (mut queue, mut model) = (Queue::default(), std::collections::BTreeMap::new());
    let (mut drawn, mut version) = (seed, 0);
    for step in 0..20_000 {
        drawn =
            drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let name = [b"n", &(drawn >> 33).to_le_bytes()[..1]].concat();
        version += 1;
        if drawn >> 60 < 10 {
            let place = model.iter().find(|(_, other)| **other == name).map(|(place, _)| *place);
            queue.insert(&name, put(version), version);
            model.insert(place.unwrap_or(version), name);
        } else {
            let place = queue.remove(&name).map(|entry| entry.place);
            let gone = place.and_then(|place| model.remove(&place));
            assert!(place.is_none() || gone == Some(name), "seed {seed}, step {step}");
        }
        if step % 100 == 0 {
            let own = queue.in_order().map(|entry| (entry.place, entry.name.to_vec()));
            let whole = model.iter().map(|(place, name)| (*place, name.clone()));
            assert!(own.eq(whole), "seed {seed}, step {step}");
            assert_eq!(queue.first(), model.keys().next().copied(), "seed {seed}, step {step}");
        }
    }
}
