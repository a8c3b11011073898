//! The slow table, which counts how often it is read.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use cachefn_core::Error;

pub(crate) struct Table {
    rows: Mutex<HashMap<u32, String>>,
    reads: AtomicU32,
}

impl Table {
    pub(crate) fn new() -> Self {
        let rows = HashMap::from([(7, "Ada".to_string())]);
        Table { rows: Mutex::new(rows), reads: AtomicU32::new(0) }
    }

    /// # Errors
    /// There is no such row.
    pub(crate) async fn read(&self, id: u32) -> Result<String, Error> {
        self.reads.fetch_add(1, Relaxed);
        let row = self.rows.lock().expect("no thread panics with it").get(&id).cloned();
        row.ok_or_else(|| Error::unavailable("read", "there is no such row"))
    }

    pub(crate) fn write(&self, id: u32, name: &str) {
        self.rows.lock().expect("no thread panics with it").insert(id, name.into());
    }

    pub(crate) fn reads(&self) -> u32 {
        self.reads.load(Relaxed)
    }
}
