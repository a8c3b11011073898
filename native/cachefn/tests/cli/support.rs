//! A storage in a file with some caches in it, and the program over it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cachefn::file::FileStorage;
use cachefn::{AnyCodec, Cache, EntryOptions, Storage};
use tempfile::TempDir;

pub(crate) use crate::program::*;

pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty folder; no file in it yet.
    pub(crate) fn new() -> Self {
        Place { folder: tempfile::tempdir().expect("a folder for a test") }
    }

    /// With three caches: `users` as JSON, `pages` as postcard and `tables` as MessagePack.
    pub(crate) fn filled() -> Self {
        let place = Self::new();
        place.fill("users", AnyCodec::Json, |number| format!("user:{number}"));
        place.fill("pages", AnyCodec::Postcard, |number| format!("/page/{number}"));
        place.fill("tables", AnyCodec::MessagePack, |number| number.to_string());
        place
    }

    /// Three entries: the numbers 1 to 3, all tagged `all` and the odd ones `odd`.
    pub(crate) fn fill(&self, name: &str, codec: AnyCodec, key: impl Fn(u32) -> String) {
        block_on(async {
            let cache = self.cache::<u32>(name, codec);
            for number in 1..=3 {
                let tags: &[&str] = if number % 2 == 1 { &["all", "odd"] } else { &["all"] };
                let hour = EntryOptions::new().ttl(Duration::from_secs(3_600));
                let window = hour.stale_while_revalidate(Duration::from_secs(60));
                let options = window.tags(tags.iter().copied());
                cache.set_with(key(number), number, options).await.expect("it is written");
            }
            cache.close().await.expect("it is written out");
        });
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.path("cache.db")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn storage(&self) -> FileStorage {
        FileStorage::open(self.file()).expect("the file opens")
    }

    /// A cache over the file, which nobody else can open until it is closed.
    pub(crate) fn cache<V>(&self, name: &str, codec: AnyCodec) -> Cache<String, V>
    where
        V: serde::Serialize + serde::de::DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let builder = Cache::builder(name).storage(self.storage()).codec(codec);
        builder.build().expect("a cache over the file")
    }

    /// What a cache has under a key.
    pub(crate) fn value(&self, name: &str, codec: AnyCodec, key: &str) -> Option<u32> {
        block_on(async {
            let cache = self.cache::<u32>(name, codec);
            let value = cache.get(key).await.expect("the file answers");
            cache.close().await.expect("it closes");
            value
        })
    }

    /// The program with `--file` and these words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = program(words);
        command.arg("--file").arg(self.file());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        ended(self.command(words))
    }

    /// With a text on its standard input.
    pub(crate) fn run_with(&self, words: &[&str], input: &str) -> Ended {
        given(self.command(words), input)
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Closes a storage, so that the program may open it.
pub(crate) fn close(storage: &impl Storage) {
    block_on(storage.close()).expect("it closes");
}

pub(crate) fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the file was written")
}
