//! Sets on the disk alone whose names calls to the storage concern.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use cachefn_conformance::{Faults, MapStorage};
use cachefn_core::{Keep, Storage};

use crate::scene::{Place, held, pairs};
use crate::spilling::quick;

#[test]
fn s_36_a_set_that_waits_on_the_disk_for_a_direct_one_of_its_name_is_written_after_it() {
    let (place, map) = (Place::new(), MapStorage::new());
    // Memory has no room for any set.
    let process = place.begin_with(&map, Faults::frozen(), quick, |outbox| outbox.max_bytes(1_000));
    let outbox = process.outbox.clone();
    let mut direct = pin!(outbox.set(b"n:a", "older".into(), Keep::default()));
    let mut context = Context::from_waker(Waker::noop());
    assert!(direct.as_mut().poll(&mut context).is_pending());
    process.set("n:a", "newer");
    assert_eq!(process.outbox.pending().on_disk, 1);
    process.runtime.run();
    process.server.inject(Faults::none());
    process.runtime.drive(direct).unwrap();
    process.runtime.advance(Duration::from_secs(60));
    assert_eq!(process.outbox.pending().entries, 0, "nobody asked for it");
    assert_eq!(held(&map), pairs(&[("n:a", "newer")]));
}
