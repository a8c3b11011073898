//! A folder for each server, on a path that is short enough for a socket.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, io, process};

/// A new folder that only this user reads. Who removes it is the [`Watch`](crate::process::Watch) over its
/// server, which does so in every case.
pub(crate) fn new() -> PathBuf {
    // The path of a socket has at most 107 bytes, which some machines' temporary folders use up.
    let mut parents = vec![env::temp_dir(), PathBuf::from("/tmp")];
    parents.retain(|parent| parent.as_os_str().len() < 60);
    for parent in &parents {
        if let Some(folder) = inside(parent) {
            return folder;
        }
    }
    panic!("start a server: no folder can be made in {parents:?}");
}

fn inside(parent: &Path) -> Option<PathBuf> {
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("cachefn-servers-{}-{number}", process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Some(folder),
            // Left by a process that had this number and was killed with everything around it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
            Err(_) => return None,
        }
    }
}

static NEXT: AtomicU32 = AtomicU32::new(0);
