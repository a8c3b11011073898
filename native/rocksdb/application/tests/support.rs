//! A folder for a test, caches in a RocksDB storage in it, and the program over that.

use std::path::PathBuf;
use std::time::Duration;

use cachefn::rocksdb::RocksDbStorage;
use cachefn::{AnyCodec, Cache, EntryOptions};

pub(crate) use crate::program::{Ended, ended, program};
pub(crate) use crate::registries::{end, keeps_what_waits, open};

pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Place(tempfile::tempdir().expect("a folder for a test"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The folder of the storage.
    pub(crate) fn cache(&self) -> PathBuf {
        self.path("cache")
    }

    /// Three entries of `users` as JSON: the numbers 1 to 3, the odd ones tagged.
    pub(crate) async fn fill(&self, storage: RocksDbStorage) {
        let builder = Cache::<String, u32>::builder("users").storage(storage);
        let cache = builder.codec(AnyCodec::Json).build().expect("a cache over the folder");
        for number in 1..=3 {
            let tags: &[&str] = if number % 2 == 1 { &["odd"] } else { &[] };
            let options = EntryOptions::new().ttl(Duration::from_secs(3_600)).tags(tags.to_vec());
            let key = format!("user:{number}");
            cache.set_with(key, number, options).await.expect("it is written");
        }
        cache.close().await.expect("it is written out");
    }

    /// The program with `--rocksdb` and these words.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        let mut command = program(words);
        command.arg("--rocksdb").arg(self.cache());
        ended(command)
    }

    /// A configuration with two services in the folder, with this bound.
    pub(crate) fn configured(&self, max_bytes: &str) -> String {
        let address = format!("rocksdb://{}", self.cache().display());
        let l2 = format!("l2.connection_string = {address:?}\n{max_bytes}");
        format!(
            "[global]\ndefault_ttl = \"1h\"\ncodec = \"json\"\n\
             [services.users]\ncache_type = \"two-level\"\n{l2}\
             [services.pages]\ncache_type = \"l2\"\n{l2}"
        )
    }
}
