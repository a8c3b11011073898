//! A disk that is full. Not over the library of Debian, whose assertions end the process then.
#![cfg(target_os = "linux")]

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};

use cachefn_core::Storage;
use cachefn_rocksdb::RocksDbStorage;
use common::{Folder, fills, noise, now};

/// Mounts a disk in memory, if this user may.
fn tmpfs(options: &str, disk: &Path) -> bool {
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(disk).stderr(Stdio::null());
    mount.status().is_ok_and(|status| status.success())
}

#[test]
fn h_33_a_full_disk_is_survived() {
    let folder = Folder::new();
    let disk = folder.0.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    if !tmpfs("size=16m", &disk) {
        // Only root may mount. `limits` has files that may not grow in its place.
        println!("no disk of its own: this user may not mount");
        return;
    }
    let path = disk.join("cache");
    let tried = catch_unwind(AssertUnwindSafe(|| {
        drop(fills(&path));
        // A disk that is still full is no damage.
        if let Err(error) = RocksDbStorage::open(&path) {
            assert!(error.to_string().contains("make space for the folder"), "{error}");
        }
        assert!(tmpfs("remount,size=64m", &disk));
        // With room again what was accepted is there, and whole.
        let storage = RocksDbStorage::open(&path).unwrap();
        assert_eq!(storage.damaged(), []);
        let kept: Vec<u64> = (0..1_500)
            .filter(|n| {
                let found = now(storage.get(&u64::to_be_bytes(*n))).unwrap();
                found.is_some_and(|found| found.record == noise(*n, 20_000))
            })
            .collect();
        assert!(!kept.is_empty(), "nothing of what was accepted is there");
        println!("{} records of 1500 are there", kept.len());
        drop(storage);
    }));
    assert!(Command::new("umount").arg("-l").arg(&disk).status().unwrap().success());
    if let Err(panic) = tried {
        std::panic::resume_unwind(panic);
    }
}
