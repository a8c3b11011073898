//! What every storage must do, and what this one does besides.

mod common;

use std::time::Duration;

use cachefn_core::{Clock, ErrorKind, Keep, ManualClock, Put, Storage, Token};
use cachefn_file::FileStorage;
use common::{Folder, names, now};

const SECOND: Duration = Duration::from_secs(1);

fn keep(life: Duration) -> Keep<'static> {
    Keep::new(Some(life), &[])
}

#[test]
fn a_write_is_seen_at_once_after_a_flush_and_after_another_opening() {
    let folder = Folder::new();
    let storage = folder.open();
    assert_eq!(now(storage.get(b"a")).unwrap(), None);
    now(storage.set(b"a", b"1"[..].into(), Keep::default())).unwrap();
    now(storage.set(b"gone", b"1"[..].into(), Keep::default())).unwrap();
    let read = |storage: &FileStorage, name: &[u8]| {
        now(storage.get(name)).unwrap().map(|found| found.record.to_vec())
    };
    assert_eq!(read(&storage, b"a").unwrap(), b"1");
    now(storage.flush()).unwrap();
    assert_eq!(read(&storage, b"a").unwrap(), b"1");
    now(storage.set(b"a", b"2"[..].into(), Keep::default())).unwrap();
    assert_eq!(read(&storage, b"a").unwrap(), b"2", "over what is in the file");
    assert!(now(storage.delete(b"gone")).unwrap());
    assert!(!now(storage.delete(b"gone")).unwrap());
    assert_eq!(read(&storage, b"gone"), None);
    drop(storage);
    let storage = folder.open();
    assert_eq!((read(&storage, b"a").unwrap(), read(&storage, b"gone")), (b"2".to_vec(), None));
}

#[test]
fn futures_are_ready_when_they_are_first_polled() {
    let folder = Folder::new();
    let storage = folder.open();
    let capabilities = storage.capabilities();
    assert!(capabilities.is_immediate && capabilities.scans && capabilities.survives);
    // `now` panics when a future pends.
    let token = Token([1; 16]);
    now(storage.set(b"a", b"1"[..].into(), Keep::default())).unwrap();
    now(storage.create_tokens(&[(b"%n:a", token)])).unwrap();
    now(storage.replace_tokens(&[(b"%n:a", token)])).unwrap();
    now(storage.purge()).unwrap();
    now(storage.close()).unwrap();
}

#[test]
fn delete_if_deletes_only_the_record_that_is_meant() {
    let folder = Folder::new();
    let storage = folder.open();
    now(storage.set(b"a", b"new"[..].into(), Keep::default())).unwrap();
    assert!(!now(storage.delete_if(b"a", b"old")).unwrap());
    now(storage.flush()).unwrap();
    assert!(!now(storage.delete_if(b"a", b"old")).unwrap());
    assert!(now(storage.delete_if(b"a", b"new")).unwrap());
    assert!(!now(storage.delete_if(b"a", b"new")).unwrap());
    assert_eq!(now(storage.get(b"a")).unwrap(), None);
}

#[test]
fn set_many_keeps_all_that_can_be_kept() {
    let folder = Folder::new();
    let storage = folder.open();
    let long = [b'n'; 2_000];
    let put =
        |name, record: &'static [u8]| Put { name, record: record.into(), keep: Keep::default() };
    let error = now(storage.set_many(vec![put(b"a", b"1"), put(&long, b"2"), put(b"c", b"3")]));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(names(&storage, b""), ["a", "c"]);
    assert_eq!(now(storage.delete_many(&[b"a", b"b", b"c"])).unwrap(), 2);
}

#[test]
fn s_02_a_record_is_dead_at_the_very_millisecond() {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let storage = folder.builder().clock(clock.clone()).build().unwrap();
    for flushed in [false, true] {
        now(storage.set(b"a", b"1"[..].into(), keep(SECOND))).unwrap();
        if flushed {
            now(storage.flush()).unwrap();
        }
        clock.advance(Duration::from_millis(999));
        assert!(now(storage.get(b"a")).unwrap().is_some());
        clock.advance(Duration::from_millis(1));
        assert_eq!(now(storage.get(b"a")).unwrap(), None);
        assert!(!now(storage.delete(b"a")).unwrap());
        assert_eq!(names(&storage, b""), [""; 0], "S11: the dead are not listed");
    }
}

#[test]
fn h_17_the_longest_and_the_shortest_life_do_no_harm() {
    let folder = Folder::new();
    let storage = folder.open();
    now(storage.set(b"always", b"1"[..].into(), keep(Duration::MAX))).unwrap();
    now(storage.set(b"never", b"1"[..].into(), keep(Duration::ZERO))).unwrap();
    now(storage.flush()).unwrap();
    assert_eq!(names(&storage, b""), ["always"]);
}

#[test]
fn s_28_tokens_are_created_once_and_replaced_always() {
    let folder = Folder::new();
    let storage = folder.open();
    let (one, two, three) = (Token([1; 16]), Token([2; 16]), Token([3; 16]));
    assert_eq!(now(storage.create_tokens(&[(b"%t:a", one), (b"%t:a", two)])).unwrap(), [one, one]);
    assert_eq!(
        now(storage.create_tokens(&[(b"%t:b", three), (b"%t:a", two)])).unwrap(),
        [three, one]
    );
    now(storage.replace_tokens(&[(b"%t:a", two)])).unwrap();
    assert_eq!(now(storage.tokens(&[b"%t:a", b"%t:c"])).unwrap(), [Some(two), None]);
}

#[test]
fn h_12_of_many_who_create_a_token_all_get_the_same() {
    let folder = Folder::new();
    let storage = folder.open();
    let threads: Vec<_> = (0..8)
        .map(|id| {
            let storage = storage.clone();
            std::thread::spawn(move || {
                let names: Vec<String> = (0..100).map(|tag| format!("%t:x:{tag}")).collect();
                let own: Vec<(&[u8], Token)> =
                    names.iter().map(|name| (name.as_bytes(), Token([id; 16]))).collect();
                now(storage.create_tokens(&own)).unwrap()
            })
        })
        .collect();
    let all: Vec<Vec<Token>> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(all.iter().all(|tokens| *tokens == all[0]));
}

#[test]
fn a_walk_meets_every_name_whatever_is_written_out_meanwhile() {
    let folder = Folder::new();
    let storage = folder.open();
    let mut all: Vec<String> = (0..50).map(|n| format!("users:{n:02}")).collect();
    for (n, name) in all.iter().enumerate() {
        now(storage.set(name.as_bytes(), b"x"[..].into(), Keep::default())).unwrap();
        if n % 7 == 0 {
            now(storage.flush()).unwrap();
        }
    }
    now(storage.set(b"users", b"x"[..].into(), Keep::default())).unwrap();
    now(storage.set(b"", b"x"[..].into(), Keep::default())).unwrap();
    for n in (0..50).step_by(3) {
        now(storage.delete(all[n].as_bytes())).unwrap();
    }
    all = all.into_iter().enumerate().filter(|(n, _)| n % 3 != 0).map(|(_, name)| name).collect();
    for limit in [1, 2, 7, 100] {
        let (mut found, mut cursor) = (Vec::new(), bytes::Bytes::new());
        loop {
            let page = now(storage.scan(b"users:", &cursor, limit)).unwrap();
            assert!(page.names.len() <= limit);
            found.extend(page.names.iter().map(|name| String::from_utf8(name.to_vec()).unwrap()));
            let Some(next) = page.next else { break };
            cursor = next;
        }
        assert_eq!(found, all, "{limit} at a time");
    }
    assert_eq!(names(&storage, b"").len(), all.len() + 2);
}

#[test]
fn purge_removes_exactly_the_dead_in_bounded_steps() {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let storage = folder.builder().clock(clock.clone()).build().unwrap();
    for n in 0..20_000_u64 {
        let life = Duration::from_millis(1 + n % 2_000);
        now(storage.set(&n.to_be_bytes(), b"x"[..].into(), keep(life))).unwrap();
    }
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
    assert!(steps > 1, "bounded");
    assert_eq!(names(&storage, b"").len(), 10_001);
    assert_eq!(clock.wall_ms(), 1_000);
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
}

#[test]
fn a_closed_storage_says_so_and_the_file_can_be_opened_again() {
    let folder = Folder::new();
    let storage = folder.open();
    now(storage.set(b"a", b"1"[..].into(), Keep::default())).unwrap();
    now(storage.close()).unwrap();
    now(storage.close()).unwrap();
    let again = folder.open();
    let error = now(storage.get(b"a")).unwrap_err();
    assert_eq!(error.to_string(), "get: the storage is closed; open it again to use it");
    assert!(now(storage.set(b"a", b"2"[..].into(), Keep::default())).is_err());
    assert!(now(storage.flush()).is_err());
    assert_eq!(now(again.get(b"a")).unwrap().unwrap().record, b"1"[..]);
}
