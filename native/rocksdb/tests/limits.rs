//! Space: a bound for the folder, full disks, large records, and who else has the folder.
#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use cachefn_core::{ErrorKind, Keep, Storage, Token};
use cachefn_rocksdb::RocksDbStorage;
use common::{Folder, fills, names, noise, now};

const MIB: u64 = 1 << 20;

/// What the files of the engine have.
fn size(folder: &Folder) -> u64 {
    let files = fs::read_dir(folder.data()).unwrap().flatten();
    // A file may go between the two calls.
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

#[test]
fn max_bytes_holds_and_the_oldest_leave() {
    for (most, longest, writes) in [(16, 600, 60_000), (16, 8_000, 8_000), (64, 400_000, 600)] {
        let folder = Folder::new();
        let build = || folder.builder().max_bytes(most * MIB).build().unwrap();
        let mut storage = build();
        now(storage.replace_tokens(&[(b"%n:x", Token([7; 16]))])).unwrap();
        let mut largest = 0;
        for write in 0..writes {
            let record = noise(write, write * 7_919 % longest);
            now(storage.set(&write.to_be_bytes(), record, Keep::default())).unwrap();
            if write % (writes / 20) == 0 {
                largest = largest.max(size(&folder));
            }
            if write % (writes / 5) == 1 {
                drop(storage); // each opening makes a small file
                storage = build();
            }
        }
        largest = largest.max(size(&folder));
        let is_kept = |write: &u64| now(storage.get(&write.to_be_bytes())).unwrap().is_some();
        // From the newest to the oldest, because some may still be leaving.
        let first = (0..writes).rev().take_while(is_kept).last().unwrap();
        assert!(first > 0, "something had to leave");
        assert!(!(0..first).rev().any(|write| is_kept(&write)), "none leaves before an older one");
        let kept: u64 = (first..writes).map(|write| write * 7_919 % longest).sum();
        println!("records up to {longest} bytes: {largest} bytes at most, {kept} of records");
        assert!(kept > most * MIB / 4, "{kept} bytes of records are kept");
        assert!(largest <= most * MIB, "{largest} bytes on the disk");
        assert_eq!(now(storage.tokens(&[b"%n:x"])).unwrap(), [Some(Token([7; 16]))], "tokens stay");
    }
}

#[test]
fn a_bound_that_comes_or_goes_takes_the_records_and_leaves_the_tokens() {
    let folder = Folder::new();
    let mut before = Vec::new();
    for bound in [None, Some(16 * MIB), Some(32 * MIB), None] {
        let builder = folder.builder();
        let storage = bound.into_iter().fold(builder, |b, most| b.max_bytes(most)).build().unwrap();
        assert_eq!(storage.damaged(), []);
        let stays = if bound == Some(32 * MIB) { before } else { vec![] };
        assert_eq!(names(&storage, b"a"), stays, "{bound:?}");
        before = vec!["a".to_string()];
        now(storage.set(b"a", b"1"[..].into(), Keep::default())).unwrap();
        now(storage.create_tokens(&[(b"%n:x", Token([7; 16]))])).unwrap();
        assert_eq!(names(&storage, b"%"), ["%n:x"]);
    }
}

#[test]
fn who_keeps_the_bound_of_a_folder_takes_nothing_from_it_and_gives_it_back_as_it_was() {
    for bound in [None, Some(32 * MIB)] {
        let folder = Folder::new();
        let program = || {
            let builder = folder.builder();
            bound.into_iter().fold(builder, |b, most| b.max_bytes(most)).build().unwrap()
        };
        now(program().set(b"a", b"1"[..].into(), Keep::default())).unwrap();
        let tool = || folder.builder().max_bytes(16 * MIB).keep_bound().build();
        let first = tool().unwrap();
        assert_eq!(names(&first, b"a"), ["a"], "{bound:?}");
        now(first.set(b"b", b"2"[..].into(), Keep::default())).unwrap();
        drop(first);
        assert_eq!(names(&program(), b""), ["a", "b"], "{bound:?}");

        // The mark of an older version has no bound in it.
        let mark = folder.path().join("cachefn-rocksdb");
        let text = fs::read_to_string(&mark).unwrap();
        let line = text.find("max_bytes").unwrap();
        fs::write(&mark, &text[..line]).unwrap();
        match (bound, tool()) {
            (Some(_), Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::Config);
                assert!(error.to_string().contains("say it with max_bytes"), "{error}");
            }
            (None, Ok(storage)) => assert_eq!(names(&storage, b""), ["a", "b"]),
            (bound, other) => panic!("{bound:?}: {other:?}"),
        }
    }
}

#[test]
fn h_22_a_name_that_is_written_again_and_again_leaves_nothing_behind() {
    let folder = Folder::new();
    let storage = folder.builder().write_buffer_bytes(MIB as usize).build().unwrap();
    for write in 0..20_000 {
        now(storage.set(b"a", noise(write, 2_000), Keep::default())).unwrap();
    }
    let size = size(&folder);
    assert!(size < 8 * MIB, "{size} bytes for one record");
}

#[test]
fn a_record_of_50_megabytes_is_kept_whole() {
    let folder = Folder::new();
    let storage = folder.open();
    let record = noise(1, 50_000_000);
    now(storage.set(b"large", record.clone(), Keep::default())).unwrap();
    drop(storage);
    let storage = folder.open();
    assert!(now(storage.get(b"large")).unwrap().unwrap().record == record);
    assert!(now(storage.delete_if(b"large", &record)).unwrap());
}

#[test]
fn records_and_names_that_are_too_long_are_refused() {
    let folder = Folder::new();
    let storage = folder.builder().max_bytes(16 * MIB).build().unwrap();
    let capabilities = storage.capabilities();
    let too_long = vec![0; capabilities.max_record + 1];
    let error = now(storage.set(b"a", too_long.into(), Keep::default())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let text = "set: a record of 1048577 bytes is too long for the database; 1048576 can be kept";
    assert_eq!(error.to_string(), text);
    let most = vec![0; capabilities.max_record];
    let name = vec![b'n'; capabilities.max_name];
    now(storage.set(&name, most.into(), Keep::default())).unwrap();
    assert!(now(storage.get(&name)).unwrap().is_some());
}

#[test]
fn h_33_a_limit_of_the_system_for_files_is_survived() {
    if let Ok(path) = std::env::var(CHILD) {
        return drop(fills(Path::new(&path)));
    }
    let folder = Folder::new();
    // In blocks of 512 bytes. The signal would end the process before the error is seen.
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"";
    let status = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "h_33_a_limit_of_the_system_for_files_is_survived", "--nocapture"])
        .env(CHILD, folder.path())
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn h_33_a_folder_that_may_not_be_written_is_refused_with_what_to_do() {
    if let Ok(path) = std::env::var(CHILD) {
        let error = RocksDbStorage::open(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = "name a folder that this user may write to";
        assert!(error.to_string().ends_with(text), "{error}");
        return;
    }
    let folder = Folder::new();
    drop(folder.open());
    // Root may write everywhere, so the child is somebody else, and has to come to the program.
    let rights = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(folder.0.path(), rights(0o555)).unwrap();
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    let (own, exe) = (std::env::current_exe().unwrap(), folder.0.path().join("child"));
    if is_root {
        fs::copy(&own, &exe).unwrap();
    }
    for path in [folder.path(), folder.0.path().join("new")] {
        let mut child = Command::new(if is_root { &exe } else { &own });
        child
            .args(["--exact", "h_33_a_folder_that_may_not_be_written_is_refused_with_what_to_do"])
            .env(CHILD, path);
        if is_root {
            std::os::unix::process::CommandExt::uid(&mut child, 65_534);
        } else {
            fs::set_permissions(folder.path().join("cachefn-rocksdb"), rights(0o444)).unwrap();
        }
        assert!(child.status().unwrap().success());
    }
}

#[test]
fn h_32_a_second_opening_is_refused_with_who_has_the_folder() {
    if let Ok(path) = std::env::var(CHILD) {
        let _storage = RocksDbStorage::open(path).unwrap();
        println!("open");
        std::io::stdout().flush().unwrap();
        std::io::stdin().lines().next();
        return;
    }
    let folder = Folder::new();
    let storage = folder.open();
    let own = folder.builder().build().unwrap_err();
    assert_eq!((own.kind(), own.is_retryable()), (ErrorKind::Unavailable, true));
    assert!(own.to_string().contains("is open in this process already; clone"), "{own}");
    let clone = storage.clone();
    drop(storage);
    assert!(folder.builder().build().is_err(), "a clone has it still");
    drop(clone);

    let name = "h_32_a_second_opening_is_refused_with_who_has_the_folder";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("open")), "the child opens the folder");
    let other = folder.builder().build().unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Unavailable);
    let text = format!("is open in process {}; one process at a time can have it", child.id());
    assert!(other.to_string().contains(&text), "{other}");
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    folder.open();
}

const CHILD: &str = "CACHEFN_ROCKSDB_LIMITS_CHILD";
