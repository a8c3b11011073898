//! A folder for each test, and futures that must not pend.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cachefn_core::Storage;
use cachefn_file::{Builder, FileStorage};

/// Gone at the end.
pub(crate) struct Folder(pub(crate) tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("cache.db")
    }

    pub(crate) fn builder(&self) -> Builder {
        FileStorage::builder(self.path())
    }

    pub(crate) fn open(&self) -> FileStorage {
        self.builder().build().unwrap()
    }

    /// The names of the files in it.
    pub(crate) fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.0.path()).unwrap();
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
        Poll::Pending => panic!("a future of a file pends"),
    }
}

/// All names with a prefix.
pub(crate) fn names(storage: &FileStorage, prefix: &[u8]) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), bytes::Bytes::new());
    loop {
        let page = now(storage.scan(prefix, &cursor, 1_000)).unwrap();
        names.extend(page.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()));
        match page.next {
            Some(next) => cursor = next,
            None => return names,
        }
    }
}
