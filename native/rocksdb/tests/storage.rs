//! What this storage does besides what every storage must do.

mod common;

use std::time::Duration;

use cachefn_core::{ErrorKind, Keep, ManualClock, Put, Storage, Token};
use common::{Folder, names, now};

const SECOND: Duration = Duration::from_secs(1);

fn keep(life: Duration) -> Keep<'static> {
    Keep::new(Some(life), &[])
}

#[test]
fn it_is_immediate_lists_its_names_and_survives() {
    let folder = Folder::new();
    let capabilities = folder.open().capabilities();
    assert!(capabilities.is_immediate && capabilities.scans && capabilities.survives);
}

#[test]
fn h_18_a_life_is_not_lost_with_the_process() {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let storage = folder.builder().clock(clock.clone()).build().unwrap();
    now(storage.set(b"a", b"1"[..].into(), keep(Duration::from_millis(400)))).unwrap();
    drop(storage);
    clock.advance(Duration::from_millis(399));
    let storage = folder.builder().clock(clock.clone()).build().unwrap();
    assert!(now(storage.get(b"a")).unwrap().is_some());
    clock.advance(Duration::from_millis(1));
    assert_eq!(now(storage.get(b"a")).unwrap(), None);
    assert_eq!(names(&storage, b""), [""; 0], "S11: the dead are not listed");
    assert!(!now(storage.delete(b"a")).unwrap());
}

#[test]
fn set_many_keeps_all_that_can_be_kept() {
    let folder = Folder::new();
    let storage = folder.open();
    let long = [b'n'; 5_000];
    let put =
        |name, record: &'static [u8]| Put { name, record: record.into(), keep: Keep::default() };
    let error = now(storage.set_many(vec![put(b"a", b"1"), put(&long, b"2"), put(b"c", b"3")]));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(names(&storage, b""), ["a", "c"]);
    assert_eq!(now(storage.delete_many(&[b"a", b"b", b"c"])).unwrap(), 2);
}

#[test]
fn s_28_of_a_token_that_is_named_twice_the_first_one_counts() {
    let folder = Folder::new();
    let storage = folder.open();
    let (one, two) = (Token([1; 16]), Token([2; 16]));
    assert_eq!(now(storage.create_tokens(&[(b"%t:a", one), (b"%t:a", two)])).unwrap(), [one, one]);
    now(storage.replace_tokens(&[(b"%t:a", two)])).unwrap();
    drop(storage);
    assert_eq!(now(folder.open().tokens(&[b"%t:a", b"%t:c"])).unwrap(), [Some(two), None]);
}

#[test]
fn a_walk_meets_records_and_tokens_in_steps_of_any_size() {
    let folder = Folder::new();
    let storage = folder.open();
    let mut all: Vec<String> = (0..50).map(|n| format!("users:{n:02}")).collect();
    for name in &all {
        now(storage.set(name.as_bytes(), b"x"[..].into(), Keep::default())).unwrap();
    }
    for other in ["", "%", "users", "users;"] {
        now(storage.set(other.as_bytes(), b"x"[..].into(), Keep::default())).unwrap();
    }
    now(storage.replace_tokens(&[(b"%t:a", Token([1; 16])), (b"%n:a", Token([2; 16]))])).unwrap();
    for n in (0..50).step_by(3) {
        now(storage.delete(all[n].as_bytes())).unwrap();
    }
    all = all.into_iter().enumerate().filter(|(n, _)| n % 3 != 0).map(|(_, name)| name).collect();
    for limit in [0, 1, 2, 7, 100] {
        let (mut found, mut cursor) = (Vec::new(), bytes::Bytes::new());
        loop {
            let page = now(storage.scan(b"users:", &cursor, limit)).unwrap();
            assert!(page.names.len() <= limit.max(1));
            found.extend(page.names.iter().map(|name| String::from_utf8(name.to_vec()).unwrap()));
            let Some(next) = page.next else { break };
            cursor = next;
        }
        assert_eq!(found, all, "{limit} at a time");
    }
    assert_eq!(names(&storage, b"%"), ["%", "%n:a", "%t:a"]);
    assert_eq!(names(&storage, b"").len(), all.len() + 6);
    // The cursor of another storage, or a torn one, is an end and no panic.
    for cursor in [&b"\xff"[..], b"\x00", b"\x01\x01%t:", b"users:7"] {
        assert!(now(storage.scan(b"", cursor, 100)).is_ok(), "{cursor:?}");
    }
}

#[test]
fn purge_removes_exactly_the_dead_in_bounded_steps() {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let storage = folder.builder().clock(clock.clone()).build().unwrap();
    let all: Vec<[u8; 8]> = (0..20_000_u64).map(u64::to_be_bytes).collect();
    let put = |name: &'static [u8; 8]| {
        let n = u64::from_be_bytes(*name);
        let keep = keep(Duration::from_millis(1 + n % 2_000));
        Put { name, record: b"x"[..].into(), keep }
    };
    now(storage.set_many(all.leak().iter().map(put).collect())).unwrap();
    now(storage.replace_tokens(&[(b"%n:x", Token([1; 16]))])).unwrap();
    clock.advance(SECOND);
    let (mut steps, mut gone) = (0, 0);
    loop {
        let dead = now(storage.purge()).unwrap();
        (steps, gone) = (steps + 1, gone + dead);
        if dead == 0 {
            break;
        }
    }
    assert_eq!(gone, 10_000);
    assert!(steps > 2, "bounded");
    assert_eq!(names(&storage, b"").len(), 10_001);
}

#[test]
fn h_20_the_dead_leave_the_disk_although_nobody_asks_for_them() {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let build = || folder.builder().clock(clock.clone()).write_buffer_bytes(1 << 20).build();
    let storage = build().unwrap();
    let mut random = common::Random(20);
    let mut written = 0_usize;
    for _ in 0..1_500 {
        // Nothing that could be compressed away.
        let record: Vec<u8> = (0..2_500).flat_map(|_| random.draw().to_le_bytes()).collect();
        written += record.len();
        // Files with names in order would not be put together, and so not be rewritten.
        let name = random.draw().to_be_bytes();
        now(storage.set(&name, record.into(), keep(SECOND))).unwrap();
        clock.advance(Duration::from_millis(50)); // 20 of them live at any time
    }
    now(storage.close()).unwrap();
    let left = size(&folder.data());
    assert!(left < written as u64 / 2, "{left} of {written} bytes are on the disk");
}

/// What the files of a folder have.
fn size(folder: &std::path::Path) -> u64 {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn a_closed_storage_says_so_and_the_folder_can_be_opened_again() {
    let folder = Folder::new();
    let storage = folder.open();
    now(storage.set(b"a", b"1"[..].into(), Keep::default())).unwrap();
    now(storage.close()).unwrap();
    now(storage.close()).unwrap();
    let again = folder.open();
    let error = now(storage.get(b"a")).unwrap_err();
    assert_eq!(error.to_string(), "get: the storage is closed; open it again to use it");
    assert!(now(storage.set(b"a", b"2"[..].into(), Keep::default())).is_err());
    assert!(now(storage.flush()).is_err() && now(storage.purge()).is_err());
    assert_eq!(now(again.get(b"a")).unwrap().unwrap().record, b"1"[..]);
}

#[test]
fn h_12_a_delete_of_one_record_never_takes_another() {
    let folder = Folder::new();
    let storage = folder.open();
    let both = std::sync::Barrier::new(2);
    let set = |record: &'static [u8]| {
        now(storage.set(b"a", record.into(), Keep::default())).unwrap();
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                both.wait();
                now(storage.delete_if(b"a", b"old")).unwrap();
                both.wait();
            }
        });
        let mut lost = 0;
        for _ in 0..ROUNDS {
            set(b"old");
            both.wait();
            set(b"new");
            both.wait();
            lost += u32::from(now(storage.get(b"a")).unwrap().is_none());
        }
        assert_eq!(lost, 0, "of {ROUNDS} records that were set while another was deleted");
    });
}

const ROUNDS: u32 = 5_000;
