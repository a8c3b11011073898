//! A log that is cut, or changed, at every byte of it.

use cachefn_conformance::{Faults, MapStorage};
use cachefn_tokio::LogDamage;

use crate::scene::{Place, held, pairs};

/// A log of one file, and its bytes.
fn written(place: &Place) -> (std::path::PathBuf, Vec<u8>) {
    let map = MapStorage::new();
    let first = place.begin(&map, Faults::down());
    for (name, record) in WRITTEN {
        first.set(name, record);
    }
    drop(first);
    let [file] = &place.files()[..] else { panic!("{:?}", place.files()) };
    let file = place.path().join(file);
    let bytes = std::fs::read(&file).unwrap();
    (file, bytes)
}

#[test]
fn h_30_a_log_cut_at_any_byte_has_all_that_is_before_the_cut() {
    let place = Place::new();
    let (_, whole) = written(&place);
    let mut had = 0;
    for end in 0..whole.len() {
        let place = Place::new();
        std::fs::create_dir_all(place.path()).unwrap();
        std::fs::write(place.path().join("00000001.log"), &whole[..end]).unwrap();
        let map = MapStorage::new();
        let process = place.begin(&map, Faults::down());
        let damaged = process.damaged.clone();
        assert!(matches!(&damaged[..], [] | [LogDamage::Cut { .. }]), "{end}: {damaged:?}");
        let entries = process.outbox.pending().entries;
        assert!(entries >= had, "{end}: there were {had}, now {entries}");
        had = entries;
        process.recover();
        assert_eq!(held(&map), pairs(&WRITTEN[..entries]), "{end}");
    }
    assert_eq!(had, 2);
}

#[test]
fn h_30_a_changed_byte_is_found_and_costs_one_line() {
    let place = Place::new();
    let (_, whole) = written(&place);
    for at in 0..whole.len() {
        for bit in [0, 7] {
            let place = Place::new();
            std::fs::create_dir_all(place.path()).unwrap();
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            std::fs::write(place.path().join("00000001.log"), &bytes).unwrap();
            let map = MapStorage::new();
            let process = place.begin(&map, Faults::down());
            assert_eq!(process.damaged.len(), 1, "{at}");
            if let LogDamage::SetAside { kept_as, .. } = &process.damaged[0] {
                assert_eq!(std::fs::read(kept_as).unwrap(), bytes, "{at}");
            }
            process.recover();
            let held = held(&map);
            assert!(held.len() >= 2, "{at}: {held:?}");
            assert!(held.iter().all(|pair| pairs(&WRITTEN).contains(pair)), "{at}: {held:?}");
        }
    }
}

#[test]
fn h_30_bytes_that_are_no_log_at_all_are_set_aside() {
    for garbage in [&[0; 4_000][..], &[255; 4_000], b"text", &[0xCA, b'f', b'l', 2, 1, 0, 0, 0, 9]]
    {
        let (place, map) = (Place::new(), MapStorage::new());
        std::fs::create_dir_all(place.path()).unwrap();
        std::fs::write(place.path().join("00000001.log"), garbage).unwrap();
        std::fs::write(place.path().join("readme.txt"), b"not ours").unwrap();
        let process = place.begin(&map, Faults::none());
        assert_eq!(process.damaged.len(), 1);
        process.set("n:a", "a");
        process.recover();
        assert_eq!(held(&map), pairs(&[("n:a", "a")]));
        assert!(place.path().join("readme.txt").exists());
    }
}

const WRITTEN: [(&str, &str); 3] = [("n:a", "first"), ("n:b", ""), ("n:c", "the third of them")];
