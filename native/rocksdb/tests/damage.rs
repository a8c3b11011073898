//! Folders that are not what they should be: the cache goes on, and tells.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use cachefn_core::{ErrorKind, Keep, Storage, Token};
use cachefn_rocksdb::RocksDbStorage;
use common::{Folder, Random, names, now};

const RECORDS: u64 = 300;

/// A folder with files of every kind, closed.
fn filled() -> Folder {
    let folder = Folder::new();
    for half in 0..2 {
        // Each opening makes a file of what the log had.
        let storage = folder.open();
        for n in (half..RECORDS).step_by(2) {
            let record = vec![n as u8; 100 + n as usize];
            now(storage.set(&n.to_be_bytes(), record.into(), Keep::default())).unwrap();
        }
        now(storage.replace_tokens(&[(b"%t:a", Token([half as u8; 16]))])).unwrap();
    }
    drop(folder.open());
    let storage = folder.open();
    now(storage.set(b"logged", b"only in the log"[..].into(), Keep::default())).unwrap();
    drop(storage);
    folder
}

fn copied(folder: &Folder) -> Folder {
    let other = Folder::new();
    fs::create_dir_all(other.data()).unwrap();
    for name in files(folder) {
        fs::copy(folder.data().join(&name), other.data().join(&name)).unwrap();
    }
    fs::copy(folder.path().join("cachefn-rocksdb"), other.path().join("cachefn-rocksdb")).unwrap();
    other
}

/// The names of the engine's files, without those that nobody reads.
fn files(folder: &Folder) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.data()).unwrap();
    let mut names: Vec<PathBuf> = files.map(|file| file.unwrap().file_name().into()).collect();
    names.retain(|name| !name.starts_with("LOCK") && !name.to_string_lossy().starts_with("LOG"));
    names.sort();
    names
}

/// Uses everything, as a cache would: what is read is right or missing, and what is written stays.
fn works(folder: &Folder) -> (usize, u64) {
    let storage = folder.open();
    for n in 0..RECORDS {
        let found = now(storage.get(&n.to_be_bytes())).unwrap();
        let expected = vec![n as u8; 100 + n as usize];
        assert!(found.is_none_or(|found| found.record == expected), "a wrong record");
    }
    let tokens = now(storage.tokens(&[b"%t:a"])).unwrap();
    assert!([None, Some(Token([0; 16])), Some(Token([1; 16]))].contains(&tokens[0]), "{tokens:?}");
    names(&storage, b"");
    for n in (0..RECORDS).step_by(5) {
        now(storage.set(&n.to_be_bytes(), b"again"[..].into(), Keep::default())).unwrap();
        now(storage.delete(&(n + 1).to_be_bytes())).unwrap();
    }
    now(storage.set(b"new", b"record"[..].into(), Keep::default())).unwrap();
    now(storage.purge()).unwrap();
    now(storage.flush()).unwrap();
    let (damaged, unreadable) = (storage.damaged(), storage.unreadable());
    assert!(damaged.iter().all(|damaged| damaged.moved_to.is_dir() && !damaged.why.is_empty()));
    now(storage.close()).unwrap();
    let storage = folder.open();
    assert_eq!(now(storage.get(b"new")).unwrap().unwrap().record, b"record"[..]);
    (damaged.len() + storage.damaged().len(), unreadable)
}

#[test]
fn h_30_a_flipped_bit_costs_records_but_never_the_cache() {
    let whole = filled();
    let seed = std::env::var("CACHEFN_SEED").map_or(0x20C, |seed| seed.parse().unwrap());
    let flips = if std::env::var("CACHEFN_LONG").is_ok() { 2_000 } else { 60 };
    println!("seed {seed}");
    let (mut random, files) = (Random(seed), files(&whole));
    let (mut moved, mut missed) = (0, 0);
    for flip in 0..flips {
        let folder = copied(&whole);
        let file = folder.data().join(&files[flip % files.len()]);
        let mut bytes = fs::read(&file).unwrap();
        if bytes.is_empty() {
            continue;
        }
        let at = random.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << random.below(8);
        fs::write(&file, bytes).unwrap();
        println!("flip {flip} at {at} in {}", file.file_name().unwrap().display());
        let (damaged, unreadable) = works(&folder);
        moved += damaged;
        missed += usize::from(unreadable > 0);
    }
    println!("of {flips}, {moved} damaged the database as a whole and {missed} some records");
    assert!(moved > 0 && missed > 0, "the flips hit something");
}

#[test]
fn h_30_a_file_that_was_cut_off_or_lost_is_survived() {
    let whole = filled();
    for name in files(&whole) {
        let length = fs::metadata(whole.data().join(&name)).unwrap().len();
        for keep in [None, Some(0), Some(length / 2), Some(length.saturating_sub(1))] {
            let folder = copied(&whole);
            let file = folder.data().join(&name);
            println!("{}: {keep:?} of {length} bytes", name.display());
            match keep {
                None => fs::remove_file(file).unwrap(),
                Some(keep) => {
                    fs::File::options().write(true).open(file).unwrap().set_len(keep).unwrap()
                }
            }
            works(&folder);
        }
    }
}

#[test]
fn h_30_a_database_that_is_lost_while_it_is_open_is_begun_anew() {
    let folder = filled();
    let storage = folder.builder().write_buffer_bytes(256 << 10).build().unwrap();
    for name in files(&folder) {
        // Damaged from now on, and written over in place.
        let file = folder.data().join(name);
        if file.extension().is_some_and(|ending| ending == "sst") {
            let length = fs::metadata(&file).unwrap().len() as usize;
            fs::write(&file, vec![0; length]).unwrap();
        }
    }
    let mut written = 0_u64;
    while storage.damaged().is_empty() {
        let name = (written % RECORDS).to_be_bytes();
        let _ = now(storage.set(&name, vec![7; 5_000].into(), Keep::default()));
        written += 1;
        assert!(written < 100_000, "the engine has never come across the damage");
    }
    now(storage.set(b"new", b"record"[..].into(), Keep::default())).unwrap();
    now(storage.close()).unwrap();
    let storage = folder.open();
    assert_eq!(now(storage.get(b"new")).unwrap().unwrap().record, b"record"[..]);
    assert_eq!(folder.files(), ["cachefn-rocksdb", "damaged-1", "data"]);
}

#[test]
fn a_folder_of_something_else_is_refused_and_left_alone() {
    let folder = Folder::new();
    fs::create_dir(folder.path()).unwrap();
    for foreign in ["notes.txt", "CURRENT"] {
        fs::write(folder.path().join(foreign), "for years").unwrap();
        let error = RocksDbStorage::open(folder.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = "cache is not a folder of this storage; name another one, or an empty one";
        assert!(error.to_string().ends_with(text), "{error}");
        assert_eq!(folder.files(), [foreign]);
        fs::remove_file(folder.path().join(foreign)).unwrap();
    }
    assert!(RocksDbStorage::open(folder.path()).is_ok(), "an empty folder is nobody's");
}

#[test]
fn h_31_a_database_of_a_newer_version_is_kept_under_another_name() {
    let folder = filled();
    let mark = folder.path().join("cachefn-rocksdb");
    let text = fs::read_to_string(&mark).unwrap();
    fs::write(&mark, text.replace("format 1\n", "format 99\n")).unwrap();
    let storage = folder.open();
    let damaged = storage.damaged();
    assert_eq!(damaged[0].why, "it has the format 99, and this version reads only 1");
    assert!(damaged[0].moved_to.ends_with("damaged-1") && damaged[0].moved_to.is_dir());
    assert_eq!(names(&storage, b""), [""; 0]);
    drop(storage);
    let storage = folder.open();
    assert_eq!(storage.damaged(), [], "told once");
    assert_eq!(folder.files(), ["cachefn-rocksdb", "damaged-1", "data"]);
}

#[test]
fn a_mark_that_makes_no_sense_costs_nothing() {
    let folder = filled();
    for mark in [&b""[..], b"\0\0\0\0", b"format ten", b"\xff\xfe\xfd"] {
        fs::write(folder.path().join("cachefn-rocksdb"), mark).unwrap();
        let storage = folder.open();
        assert_eq!(storage.damaged(), []);
        assert_eq!(now(storage.get(b"logged")).unwrap().unwrap().record, b"only in the log"[..]);
    }
}

#[test]
fn h_33_paths_where_no_folder_can_be_are_refused_with_what_to_do() {
    let folder = Folder::new();
    fs::write(folder.path(), "a file").unwrap();
    let missing = folder.0.path().join("missing/cache");
    for (path, text) in [
        (&*folder.path(), "cache is not a folder; name one, or a path where none is yet"),
        (&missing, "missing does not exist; create it first"),
        (Path::new("/"), "is not a folder of this storage; name another one, or an empty one"),
        (Path::new(""), "the path is empty; name a folder"),
        (Path::new("/dev/null"), "is not a folder; name one, or a path where none is yet"),
    ] {
        let error = RocksDbStorage::open(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with("open: "), "{error}");
        assert!(error.to_string().ends_with(text), "{error}");
    }
}
