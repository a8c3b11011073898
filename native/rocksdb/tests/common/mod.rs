//! A folder for each test, and futures that must not pend.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

pub(crate) use cachefn_conformance::Random;
use cachefn_core::{Error, ErrorKind, Keep, Storage};
use cachefn_rocksdb::{Builder, RocksDbStorage};

/// Gone at the end.
pub(crate) struct Folder(pub(crate) tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("cache")
    }

    pub(crate) fn builder(&self) -> Builder {
        RocksDbStorage::builder(self.path())
    }

    pub(crate) fn open(&self) -> RocksDbStorage {
        self.builder().build().unwrap()
    }

    /// Where the engine has its files.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The names of what the storage has made.
    pub(crate) fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What a future gives that is ready at once.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a future of the database pends"),
    }
}

/// All names with a prefix, sorted.
pub(crate) fn names(storage: &RocksDbStorage, prefix: &[u8]) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), bytes::Bytes::new());
    loop {
        let page = now(storage.scan(prefix, &cursor, 1_000)).unwrap();
        names.extend(page.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()));
        match page.next {
            Some(next) => cursor = next,
            None => {
                names.sort();
                return names;
            }
        }
    }
}

/// Bytes that cannot be compressed.
pub(crate) fn noise(seed: u64, length: u64) -> bytes::Bytes {
    let mut random = Random(seed);
    (0..length.div_ceil(8)).flat_map(|_| random.draw().to_le_bytes()).collect()
}

/// Writes until there is no space, and on; what is read is right, and errors tell what is wrong.
pub(crate) fn fills(path: &Path) -> RocksDbStorage {
    let storage = RocksDbStorage::open(path).unwrap();
    let set = |n: u64| -> Result<(), Error> {
        now(storage.set(&n.to_be_bytes(), noise(n, 20_000), Keep::default()))
    };
    let mut refused = 0;
    for n in 0..1_500 {
        if let Err(error) = set(n) {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            assert!(error.to_string().contains("no space is left"), "{error}");
            refused += 1;
        }
        for n in [n, n / 2] {
            let found = now(storage.get(&n.to_be_bytes()));
            assert!(found.is_ok_and(|found| found.is_none_or(|f| f.record == noise(n, 20_000))));
        }
    }
    println!("{refused} of 1500 writes were refused");
    assert!(refused > 0);
    assert_eq!(storage.damaged(), []);
    storage
}
