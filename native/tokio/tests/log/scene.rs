//! An outbox with a log, whose process ends and begins again.

use std::path::PathBuf;

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{Keep, Storage};
use cachefn_tokio::{Log, LogBuilder, LogDamage, Outbox, OutboxBuilder};

use crate::support::{Faulty, Manual, now};

/// A folder that is gone at the end.
pub(crate) struct Place(pub(crate) tempfile::TempDir);

/// One process over it.
pub(crate) struct Process {
    pub(crate) runtime: Manual,
    pub(crate) server: Faulty,
    pub(crate) outbox: Outbox<Faulty>,
    pub(crate) damaged: Vec<LogDamage>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Place(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("deep/log")
    }

    pub(crate) fn begin(&self, map: &MapStorage, faults: Faults) -> Process {
        self.begin_with(map, faults, |log| log, |outbox| outbox)
    }

    pub(crate) fn begin_with(
        &self,
        map: &MapStorage,
        faults: Faults,
        log: impl FnOnce(LogBuilder) -> LogBuilder,
        set_up: impl FnOnce(OutboxBuilder<Faulty>) -> OutboxBuilder<Faulty>,
    ) -> Process {
        let log = log(Log::builder(self.path())).open().unwrap();
        let (runtime, damaged) = (Manual::new(), log.damaged().to_vec());
        let server = Chaos::new(map.clone(), 7).with(faults);
        let outbox = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock()).log(log);
        let outbox = now(set_up(outbox).build()).unwrap();
        Process { runtime, server, outbox, damaged }
    }

    /// The names of the files in it.
    pub(crate) fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.path()).unwrap();
        let name = |file: std::io::Result<std::fs::DirEntry>| file.unwrap().file_name();
        let mut names: Vec<String> = files
            .map(|file| name(file).into_string().unwrap())
            .filter(|name| name != "lock")
            .collect();
        names.sort();
        names
    }

    pub(crate) fn bytes(&self) -> u64 {
        let length = |name: &String| self.path().join(name).metadata().unwrap().len();
        self.files().iter().map(length).sum()
    }
}

impl Process {
    pub(crate) fn set(&self, name: &str, record: &str) {
        let record = Bytes::copy_from_slice(record.as_bytes());
        self.runtime.drive(self.outbox.set(name.as_bytes(), record, Keep::default())).unwrap();
    }

    pub(crate) fn delete(&self, name: &str) {
        self.runtime.drive(self.outbox.delete(name.as_bytes())).unwrap();
    }

    /// What waits goes to the storage, and the process ends.
    pub(crate) fn recover(self) {
        self.server.inject(Faults::none());
        self.runtime.drive(self.outbox.flush()).unwrap();
        assert_eq!(self.outbox.pending().entries, 0);
    }
}

/// What a storage holds, as text.
pub(crate) fn held(map: &MapStorage) -> Vec<(String, String)> {
    let page = now(map.scan(b"", b"", 1_000_000)).unwrap();
    let read = |name: &Bytes| {
        let record = now(map.get(name)).unwrap().unwrap().record;
        (String::from_utf8_lossy(name).into(), String::from_utf8_lossy(&record).into())
    };
    page.names.iter().map(read).collect()
}

/// The same, to be written down.
pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, record)| (name.to_string(), record.to_string())).collect()
}
