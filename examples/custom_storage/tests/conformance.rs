//! The storage does all that a cache asks of one: a call says so.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use cachefn_conformance::{Options, check};
use custom_storage::Sqlite;

static NOW: AtomicI64 = AtomicI64::new(1_700_000_000_000);

#[test]
fn sqlite_conforms() {
    let folder = Folder::new("conformance");
    let open = |place: u32| {
        let file = folder.0.join(format!("{place}.db"));
        async move { Sqlite::open_with_time(&file, || NOW.load(Ordering::Relaxed)) }
    };
    let options = Options::new().advance(|by| {
        NOW.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
    });
    let report = pollster::block_on(check(open, options));
    println!("{report}");
    report.assert();
}

#[test]
fn h_30_a_file_that_is_no_database_is_an_error() {
    let folder = Folder::new("foreign");
    let file = folder.0.join("foreign.db");
    std::fs::write(&file, "Dear diary, today somebody mistook me for a database. ".repeat(99))
        .unwrap();
    let error = Sqlite::open(&file).err().expect("a diary cannot be opened");
    assert!(error.to_string().starts_with("open: "), "{error}");
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("custom_storage-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
