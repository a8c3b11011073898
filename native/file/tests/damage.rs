//! Files that are not what they should be: the cache goes on, and tells.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;

use cachefn_conformance::Random;
use cachefn_core::{ErrorKind, Keep, ManualClock, Storage};
use cachefn_file::FileStorage;
use common::{Folder, names, now};

/// A file with so many records, closed.
fn filled(folder: &Folder, records: u64) -> Vec<u8> {
    let storage = folder.open();
    for n in 0..records {
        let record = vec![n as u8; 100 + n as usize];
        now(storage.set(&n.to_be_bytes(), record.into(), Keep::default())).unwrap();
        if n % 50 == 0 {
            now(storage.flush()).unwrap();
        }
    }
    drop(storage);
    fs::read(folder.path()).unwrap()
}

/// Uses everything, as a cache would; what is there afterwards is still there when it is opened anew.
fn works(folder: &Folder, storage: FileStorage) {
    for n in 0..300_u64 {
        now(storage.get(&n.to_be_bytes())).unwrap();
    }
    now(storage.set(b"new", b"record"[..].into(), Keep::default())).unwrap();
    now(storage.flush()).unwrap();
    for n in (0..300_u64).step_by(5) {
        now(storage.set(&n.to_be_bytes(), b"again"[..].into(), Keep::default())).unwrap();
        now(storage.delete(&(n + 1).to_be_bytes())).unwrap();
    }
    now(storage.flush()).unwrap();
    names(&storage, b"");
    now(storage.purge()).unwrap();
    now(storage.close()).unwrap();
    let storage = folder.open();
    now(storage.get(&5_u64.to_be_bytes())).unwrap();
    assert!(now(storage.set(b"last", b"record"[..].into(), Keep::default())).is_ok());
    now(storage.flush()).unwrap();
    assert_eq!(now(storage.get(b"last")).unwrap().unwrap().record, b"record"[..]);
}

/// The engine's panics are caught; their text would only hide that of a failed test.
fn quiet() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.location().is_some_and(|place| place.file().contains("redb")) {
            before(info);
        }
    }));
}

#[test]
fn h_30_a_flipped_bit_costs_records_but_never_the_cache() {
    quiet();
    let folder = Folder::new();
    let whole = filled(&folder, 300);
    let seed = std::env::var("CACHEFN_SEED").map_or(7, |seed| seed.parse().unwrap());
    let flips = if std::env::var("CACHEFN_LONG").is_ok() { 5_000 } else { 150 };
    println!("seed {seed}");
    let mut random = Random(seed);
    let mut reported = 0;
    for flip in 0..flips {
        let mut bytes = whole.clone();
        // Every third one hits the header or the first pages, where most is at stake.
        let within = if flip % 3 == 0 { 16_384 } else { bytes.len() as u64 };
        let at = random.below(within) as usize;
        bytes[at] ^= 1 << random.below(8);
        let folder = Folder::new();
        fs::write(folder.path(), &bytes).unwrap();
        println!("flip {flip} at {at}");
        let storage = folder.open();
        let again = storage.clone();
        works(&folder, storage);
        let damaged = again.damaged();
        reported += usize::from(!damaged.is_empty());
        assert!(damaged.iter().all(|damaged| damaged.moved_to.exists() && !damaged.why.is_empty()));
    }
    println!("{reported} of {flips} damaged the file as a whole");
}

#[test]
fn h_30_a_file_that_was_cut_off_is_set_aside_or_used() {
    quiet();
    let folder = Folder::new();
    let whole = filled(&folder, 300);
    for keep in [0, 1, 8, 9, 64, 320, 4_095, 4_096, 8_192, 20_000, whole.len() / 2, whole.len() - 1]
    {
        let folder = Folder::new();
        fs::write(folder.path(), &whole[..keep]).unwrap();
        println!("{keep} of {} bytes", whole.len());
        let storage = folder.open();
        let again = storage.clone();
        works(&folder, storage);
        assert_eq!(
            again.damaged().is_empty(),
            keep == 0,
            "{keep} bytes; an empty file is a new one"
        );
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let folder = Folder::new();
    for foreign in [&b"SQLite format 3\0"[..], b"my notes, for years", b"PK\x03\x04"] {
        fs::write(folder.path(), foreign).unwrap();
        let error = FileStorage::open(folder.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.ends_with("cache.db is not a file of this storage; name another one"),
            "{text}"
        );
        assert_eq!(fs::read(folder.path()).unwrap(), *foreign);
    }
    assert_eq!(folder.files().len(), 1);
}

#[test]
fn the_database_of_another_program_is_refused_and_left_alone() {
    let folder = Folder::new();
    other_database(&folder.path(), "accounts", 1);
    let error = FileStorage::open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(folder.files().len(), 1);
    let database = redb::Database::open(folder.path()).unwrap();
    let reading = redb::ReadableDatabase::begin_read(&database).unwrap();
    let tables = reading.list_tables().unwrap();
    let names: Vec<String> = tables.map(|table| redb::TableHandle::name(&table).into()).collect();
    assert_eq!(names, ["accounts"]);
}

#[test]
fn what_is_left_of_a_file_of_ours_is_kept_under_another_name() {
    let folder = Folder::new();
    for (number, left) in
        [&[0; 100_000][..], b"redb\x1a\x0a\xa9\x0d\x0a", b"redc\x1a\x0a\xa9\x0d\x0a.", b"r"]
            .iter()
            .enumerate()
    {
        fs::write(folder.path(), left).unwrap();
        let storage = folder.open();
        let damaged = storage.damaged();
        assert!(damaged[0].moved_to.ends_with(format!("cache.db.damaged-{}", number + 1)));
        assert_eq!(fs::read(&damaged[0].moved_to).unwrap(), *left);
        assert_eq!(damaged.len(), 1);
    }
    assert_eq!(folder.files().len(), 5);
}

#[test]
fn h_31_a_file_of_a_newer_version_is_kept_under_another_name() {
    let folder = Folder::new();
    other_database(&folder.path(), "numbers", 99);
    let storage = folder.open();
    assert!(
        storage.damaged()[0].why.ends_with("it has the format 99, and this version reads only 1")
    );
}

fn other_database(path: &Path, table: &str, format: u64) {
    let database = redb::Database::create(path).unwrap();
    let writing = database.begin_write().unwrap();
    let table = redb::TableDefinition::<&str, u64>::new(table);
    writing.open_table(table).unwrap().insert("format", format).unwrap();
    writing.commit().unwrap();
}

#[test]
fn check_when_opened_finds_a_flipped_bit_in_any_page_in_use() {
    quiet();
    let folder = Folder::new();
    let mut bytes = filled(&folder, 300);
    let record = bytes.windows(90).rposition(|window| window == [7; 90]).unwrap();
    bytes[record + 40] ^= 1;
    fs::write(folder.path(), &bytes).unwrap();
    let storage = folder.builder().check_when_opened(true).build().unwrap();
    assert_eq!(storage.damaged().len(), 1);
    assert_eq!(names(&storage, b""), [""; 0]);
}

#[test]
fn h_33_paths_where_no_file_can_be_are_refused_with_what_to_do() {
    let folder = Folder::new();
    let missing = folder.0.path().join("missing/cache.db");
    for (path, text) in [
        (folder.0.path(), "is a folder; name a file in it"),
        (&missing, "missing does not exist; create it first"),
        (Path::new("/"), "is a folder; name a file in it"),
        (Path::new(""), "the path is empty; name a file"),
        (Path::new("/dev/null"), "/dev/null is a device or the like; name a file"),
    ] {
        let error = FileStorage::open(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with("open: "), "{error}");
        assert!(error.to_string().ends_with(text), "{error}");
    }
}

#[test]
fn h_21_a_clock_that_is_set_back_or_forward_a_year_breaks_nothing() {
    const YEAR: u64 = 365 * 24 * 3600;
    let seconds = std::time::Duration::from_secs;
    let folder = Folder::new();
    let at = |years: u64| {
        let clock = ManualClock::new();
        clock.advance(seconds(years * YEAR));
        folder.builder().clock(clock).build().unwrap()
    };
    let hour = Keep::new(Some(seconds(3600)), &[]);
    let storage = at(50);
    now(storage.set(b"a", b"50"[..].into(), hour)).unwrap();
    drop(storage);
    let storage = at(49);
    assert!(now(storage.get(b"a")).unwrap().is_some(), "whether it is of use the cache judges");
    now(storage.set(b"a", b"49"[..].into(), hour)).unwrap();
    now(storage.set(b"b", b"49"[..].into(), hour)).unwrap();
    drop(storage);
    let storage = at(50);
    assert_eq!(names(&storage, b""), [""; 0]);
    assert_eq!(now(storage.purge()).unwrap(), 2);
    now(storage.set(b"a", b"50"[..].into(), hour)).unwrap();
    drop(storage);
    let storage = at(51);
    assert_eq!((now(storage.get(b"a")).unwrap(), now(storage.purge()).unwrap()), (None, 1));
    assert_eq!(now(storage.purge()).unwrap(), 0);
}
