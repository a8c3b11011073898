//! Space: a bound for the file, full disks, large records, and who else has the file.
#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::Random;
use cachefn_core::{Error, ErrorKind, Keep, ManualClock, Storage, Token};
use cachefn_file::{Builder, FileStorage};
use common::{Folder, names, now};

const MIB: u64 = 1 << 20;

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn max_bytes_holds_for_records_of_every_size_and_churn() {
    for (most, longest, writes) in
        [(8, 300, 60_000), (16, 5_000, 10_000), (16, 100_000, 1_500), (64, 4 * MIB, 100)]
    {
        let folder = Folder::new();
        let builder = folder.builder().max_bytes(most * MIB).batch_bytes(256 << 10);
        let storage = builder.build().unwrap();
        now(storage.replace_tokens(&[(b"%n:x", Token([7; 16]))])).unwrap();
        let mut random = Random(longest);
        let mut largest = 0;
        for write in 0..writes {
            let name = random.below(writes / 2).to_be_bytes();
            let record = vec![write as u8; random.below(longest) as usize];
            now(storage.set(&name, record.into(), Keep::default())).unwrap();
            if write % (writes / 20) == 0 {
                now(storage.flush()).unwrap();
                largest = largest.max(length(&folder.path()));
            }
        }
        now(storage.flush()).unwrap();
        largest = largest.max(length(&folder.path()));
        let record = |name: u64| now(storage.get(&name.to_be_bytes())).unwrap();
        let kept: usize = (0..writes / 2).filter_map(record).map(|found| found.record.len()).sum();
        println!(
            "records up to {longest} bytes: {largest} of {} bytes, {kept} of records",
            most * MIB
        );
        assert!(kept > (most * MIB / 20) as usize, "records up to {longest} bytes: {kept} kept");
        assert!(
            largest <= most * MIB * 101 / 100,
            "records up to {longest} bytes: {largest} bytes"
        );
        assert_eq!(now(storage.tokens(&[b"%n:x"])).unwrap(), [Some(Token([7; 16]))], "tokens stay");
    }
}

#[test]
fn the_dead_leave_first_then_the_oldest() {
    let (folder, clock) = (Folder::new(), ManualClock::new());
    let builder = folder.builder().max_bytes(8 * MIB).clock(clock.clone());
    let storage = builder.build().unwrap();
    let set = |name: &str, life| {
        let keep = Keep::new(life, &[]);
        now(storage.set(name.as_bytes(), vec![1; 10_000].into(), keep)).unwrap();
    };
    let minute = Duration::from_secs(60);
    (0..50).for_each(|n| set(&format!("old:{n}"), None));
    now(storage.flush()).unwrap();
    (0..50).for_each(|n| set(&format!("dead:{n}"), Some(minute)));
    now(storage.flush()).unwrap();
    clock.advance(minute);
    let mut count = 0;
    while names(&storage, b"old:").len() == 50 {
        set(&format!("new:{count}"), Some(minute * 60));
        now(storage.flush()).unwrap();
        count += 1;
        assert!(count < 2_000);
    }
    assert!(count > 50, "{count} took the place of the dead before an old one left");
    while !names(&storage, b"old:").is_empty() {
        assert_eq!(names(&storage, b"new:").len(), count, "none leaves before the last old one");
        set(&format!("new:{count}"), Some(minute * 60));
        now(storage.flush()).unwrap();
        count += 1;
    }
}

#[test]
fn h_22_a_name_that_is_written_again_and_again_leaves_nothing_behind() {
    let folder = Folder::new();
    let storage = folder.open();
    for write in 0..60_000_u32 {
        now(storage.set(b"a", write.to_be_bytes().to_vec().into(), Keep::default())).unwrap();
        if write % 10 == 0 {
            now(storage.flush()).unwrap();
        }
    }
    drop(storage);
    let database = redb::Database::open(folder.path()).unwrap();
    let reading = redb::ReadableDatabase::begin_read(&database).unwrap();
    let ages = redb::TableDefinition::<u64, u64>::new("ages");
    let rows = redb::ReadableTableMetadata::len(&reading.open_table(ages).unwrap()).unwrap();
    assert!(rows < 5_000, "{rows} rows for one record");
}

#[test]
fn a_file_that_became_almost_empty_gives_its_space_back() {
    let folder = Folder::new();
    let storage = folder.open();
    for n in 0..600_u64 {
        let record = vec![n as u8; 100_000];
        now(storage.set(&n.to_be_bytes(), record.into(), Keep::default())).unwrap();
    }
    now(storage.flush()).unwrap();
    let full = length(&folder.path());
    for n in 3..600_u64 {
        now(storage.delete(&n.to_be_bytes())).unwrap();
    }
    while now(storage.purge()).unwrap() > 0 {}
    let empty = length(&folder.path());
    assert!(full > 50 * MIB && empty < full / 4, "{full} bytes, then {empty}");
    assert_eq!(now(storage.get(&2_u64.to_be_bytes())).unwrap().unwrap().record, vec![2; 100_000]);
}

#[test]
fn a_record_of_100_megabytes_is_kept_whole() {
    let folder = Folder::new();
    let storage = folder.open();
    let mut record = vec![0; 100_000_000];
    let mut random = Random(1);
    record.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&random.draw().to_le_bytes()));
    let record = Bytes::from(record);
    now(storage.set(b"large", record.clone(), Keep::default())).unwrap();
    now(storage.set(b"small", b"x"[..].into(), Keep::default())).unwrap();
    drop(storage);
    let storage = folder.open();
    assert!(now(storage.get(b"large")).unwrap().unwrap().record == record);
    assert!(now(storage.delete_if(b"large", &record)).unwrap());
}

#[test]
fn records_and_names_that_are_too_long_are_refused() {
    let folder = Folder::new();
    let storage = folder.builder().max_bytes(8 * MIB).build().unwrap();
    let capabilities = storage.capabilities();
    let too_long = vec![0; capabilities.max_record + 1];
    let error = now(storage.set(b"a", too_long.into(), Keep::default())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "set: a record of 524289 bytes is too long for the file; 524288 can be"
    );
    let most = vec![0; capabilities.max_record];
    now(storage.set(&vec![b'n'; capabilities.max_name], most.into(), Keep::default())).unwrap();
    now(storage.flush()).unwrap();
    assert!(now(storage.get(&vec![b'n'; capabilities.max_name])).unwrap().is_some());
}

/// Fills the disk, or what the builder lets it take; what a cache needs then still works.
fn fills(path: &Path, builder: Builder) {
    let storage = builder.batch_bytes(128 << 10).build().unwrap();
    let set = |n: u64| -> Result<(), Error> {
        let record = vec![n as u8; 20_000];
        now(storage.set(&n.to_be_bytes(), record.into(), Keep::default()))
    };
    set(0).and_then(|()| now(storage.flush())).unwrap();
    now(storage.set(b"gone", b"secret"[..].into(), Keep::default())).unwrap();
    let mut refused = 0;
    for n in 0..WRITES {
        // Either there is room, made by what left for it, or an error tells that there is none.
        if let Err(error) = set(n).and_then(|()| now(storage.flush())) {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            assert!(error.to_string().contains("no space is left"), "{error}");
            refused += 1;
        }
        now(storage.get(&n.to_be_bytes())).unwrap();
        let older = now(storage.get(&(n / 2).to_be_bytes())).unwrap();
        assert!(older.is_none_or(|found| found.record == vec![(n / 2) as u8; 20_000]));
    }
    println!("{refused} of {WRITES} writes were refused");
    now(storage.delete(b"gone")).unwrap();
    assert_eq!(now(storage.get(b"gone")).unwrap(), None);
    assert_eq!(storage.damaged(), []);
    drop(storage);
    let storage = FileStorage::open(path).unwrap();
    assert_eq!(storage.damaged(), []);
    let kept = (0..WRITES).filter(|n| {
        let found = now(storage.get(&n.to_be_bytes())).unwrap();
        found.is_some_and(|found| found.record == vec![*n as u8; 20_000])
    });
    println!("{} records are there in the end", kept.count());
}

#[test]
fn h_33_a_limit_of_the_system_for_files_is_survived() {
    if let Ok(path) = std::env::var(CHILD) {
        return fills(Path::new(&path), FileStorage::builder(&path));
    }
    let folder = Folder::new();
    // In blocks of 512 bytes. The signal would end the process before the error is seen.
    let script = "trap '' XFSZ; ulimit -f 16384; exec \"$0\" \"$@\"";
    let status = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "h_33_a_limit_of_the_system_for_files_is_survived", "--nocapture"])
        .env(CHILD, folder.path())
        .status()
        .unwrap();
    assert!(status.success());
    let length = length(&folder.path());
    assert!(length > 4 * MIB && length <= 8 * MIB, "{length} bytes");
}

#[test]
fn h_33_a_full_disk_is_survived() {
    let folder = Folder::new();
    let disk = folder.0.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        // Only root may mount. A file that may not grow stands for a disk that is full.
        fills(&folder.path(), folder.builder().max_bytes(8 * MIB));
        return;
    }
    let path = disk.join("cache.db");
    let result = std::panic::catch_unwind(|| fills(&path, FileStorage::builder(&path)));
    assert!(Command::new("umount").arg("-l").arg(&disk).status().unwrap().success());
    result.unwrap();
}

#[test]
fn h_33_a_folder_that_may_not_be_written_is_refused_with_what_to_do() {
    if let Ok(path) = std::env::var(CHILD) {
        let error = FileStorage::open(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = "name a file in a folder that this user may write to";
        assert!(error.to_string().ends_with(text), "{error}");
        return;
    }
    let folder = Folder::new();
    let mut rights = fs::metadata(folder.0.path()).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o555);
    fs::set_permissions(folder.0.path(), rights).unwrap();
    // Root may write everywhere, so the child is somebody else.
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    let exe = folder.0.path().join("child");
    if is_root {
        fs::copy(std::env::current_exe().unwrap(), &exe).unwrap();
    }
    let mut child = Command::new(if is_root { exe } else { std::env::current_exe().unwrap() });
    child
        .args(["--exact", "h_33_a_folder_that_may_not_be_written_is_refused_with_what_to_do"])
        .env(CHILD, folder.path());
    if is_root {
        std::os::unix::process::CommandExt::uid(&mut child, 65_534);
    }
    assert!(child.status().unwrap().success());
}

#[test]
fn h_32_a_second_opening_is_refused_with_who_has_the_file() {
    if let Ok(path) = std::env::var(CHILD) {
        let _storage = FileStorage::open(path).unwrap();
        println!("open");
        std::io::stdout().flush().unwrap();
        std::io::stdin().lines().next();
        return;
    }
    let folder = Folder::new();
    let storage = folder.open();
    let own = folder.builder().build().unwrap_err();
    assert_eq!((own.kind(), own.is_retryable()), (ErrorKind::Unavailable, true));
    if cfg!(target_os = "linux") {
        assert!(own.to_string().contains("is open in this process already; clone"), "{own}");
    }
    let clone = storage.clone();
    drop(storage);
    assert!(folder.builder().build().is_err(), "a clone has it still");
    drop(clone);

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "h_32_a_second_opening_is_refused_with_who_has_the_file", "--nocapture"])
        .env(CHILD, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("open")), "the child opens the file");
    let other = folder.builder().build().unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Unavailable);
    if cfg!(target_os = "linux") {
        let text = format!("is open in process {}; one process at a time can have it", child.id());
        assert!(other.to_string().contains(&text), "{other}");
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    folder.open();
}

/// Twice as many as fit.
const WRITES: u64 = 800;
const CHILD: &str = "CACHEFN_FILE_LIMITS_CHILD";
