//! A cache over the file, and what it knows after its process has ended.

mod common;

use std::fs;

use cachefn_core::{Cache, EntryOptions, Postcard};
use cachefn_file::FileStorage;
use common::Folder;
use pollster::block_on;

type Users = Cache<String, String>;

fn cache(storage: FileStorage) -> Users {
    let builder = Users::builder("users").max_entries(1_000);
    builder.storage(storage).codec(Postcard).build().unwrap()
}

/// What a second process would find if this one ended here without a word.
fn killed(folder: &Folder) -> (Folder, Users) {
    let other = Folder::new();
    fs::copy(folder.path(), other.path()).unwrap();
    let storage = other.open();
    assert_eq!(storage.damaged(), []);
    (other, cache(storage))
}

#[test]
fn a_cache_answers_from_the_file_after_its_process_has_ended() {
    let folder = Folder::new();
    block_on(async {
        let users = cache(folder.open());
        let ada = users.get_or_fetch("user:7", || async { "Ada".to_string() }).await;
        assert_eq!(ada, "Ada");
        users.close().await.unwrap();
    });
    block_on(async {
        let users = cache(folder.open());
        let nobody = || async { "nobody".to_string() };
        assert_eq!(users.get_or_fetch("user:7", nobody).await, "Ada");
    });
}

#[test]
fn h_12_what_was_invalidated_does_not_come_back_after_a_crash() {
    let folder = Folder::new();
    block_on(async {
        let users = cache(folder.open());
        for (key, tag) in [("user:7", "admins"), ("user:8", "guests")] {
            let options = EntryOptions::new().tag(tag);
            users.set_with(key.to_string(), "may enter".to_string(), options).await.unwrap();
        }
        users.flush().await.unwrap();
        let (_folder, before) = killed(&folder);
        assert!(before.get("user:7").await.unwrap().is_some());
        // No flush: that it is on the disk is the storage's promise.
        users.invalidate_by_tag("admins").await.unwrap();
        let (_folder, after) = killed(&folder);
        assert_eq!(after.get("user:7").await.unwrap(), None);
        assert!(after.get("user:8").await.unwrap().is_some());
        users.clear().await.unwrap();
        let (_folder, after) = killed(&folder);
        assert_eq!(after.get("user:8").await.unwrap(), None);
    });
}

#[test]
fn s_39_flipped_bytes_of_a_record_are_a_miss_and_no_wrong_value() {
    let folder = Folder::new();
    let text = "the quick brown fox jumps over the lazy dog";
    block_on(async {
        let users = cache(folder.open());
        users.set("user:7".to_string(), text.to_string()).await.unwrap();
        users.close().await.unwrap();
    });
    let mut bytes = fs::read(folder.path()).unwrap();
    for at in 0..bytes.len() - text.len() {
        if bytes[at..].starts_with(text.as_bytes()) {
            bytes[at + 4] ^= 1; // the quick → the puick
        }
    }
    fs::write(folder.path(), bytes).unwrap();
    block_on(async {
        let users = cache(folder.open());
        assert_eq!(users.get_or_fetch("user:7", || async { "anew".to_string() }).await, "anew");
        assert_eq!(users.stats().decode_failures, 1);
    });
}
