//! Each command of the program over a folder of RocksDB.

use cachefn::rocksdb::RocksDbStorage;

use crate::support::{Place, end, ended, open, program};

async fn filled() -> Place {
    let place = Place::new();
    place.fill(RocksDbStorage::open(place.cache()).expect("the folder is free")).await;
    place
}

#[tokio::test]
async fn entries_are_listed_read_counted_written_and_removed() {
    let place = filled().await;
    assert_eq!(place.run(&["keys", "user:[12]"]).succeeds().out, "user:1\nuser:2\n");
    assert_eq!(place.run(&["get", "user:2"]).succeeds().out, "2\n");
    let stats = place.run(&["stats", "--json"]).succeeds().out;
    let object: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
    assert_eq!((&object["namespace"], &object["fresh"]), (&"users".into(), &3.into()), "{stats}");
    let tags = place.run(&["tags"]).succeeds().out;
    assert!(tags.contains("odd"), "{tags}");

    place.run(&["set", "user:4", "4", "--tag", "odd"]).succeeds();
    assert_eq!(place.run(&["get", "user:4"]).succeeds().out, "4\n");
    assert_eq!(place.run(&["del", "user:2"]).succeeds().out, "deleted 1 of 1\n");
    place.run(&["invalidate", "--tag", "odd"]).succeeds();
    place.run(&["get", "user:4"]).fails(1);
    place.run(&["keys"]).fails(1);
}

#[tokio::test]
async fn what_was_exported_is_imported_into_a_new_folder_and_obeys_its_tags() {
    let (from, to) = (filled().await, Place::new());
    let file = from.path("users.jsonl");
    let file = file.to_str().expect("a path of text");
    from.run(&["export", "--output", file]).succeeds();
    assert_eq!(to.run(&["import", file]).succeeds().out, "imported 3 entries\n");
    assert_eq!(to.run(&["get", "user:3"]).succeeds().out, "3\n");
    to.run(&["invalidate", "--tag", "odd"]).succeeds();
    assert_eq!(to.run(&["keys"]).succeeds().out, "user:2\n");
    assert_eq!(from.run(&["keys", "--limit", "9"]).succeeds().out.lines().count(), 3);
}

#[tokio::test]
async fn doctor_and_top_look_at_a_folder() {
    let place = filled().await;
    let doctor = place.run(&["doctor"]).succeeds();
    assert!(doctor.out.contains("writes, reads and deletes in "), "{doctor:?}");
    assert!(doctor.out.ends_with("0 faults, 0 warnings\n"), "{doctor:?}");
    let top = place.run(&["top", "--count", "1", "--interval", "1ms"]).succeeds();
    assert!(top.out.contains("users"), "{top:?}");
}

#[tokio::test]
async fn a_service_of_a_configuration_stands_for_its_folder() {
    let place = Place::new();
    let text = place.configured("l2.max_bytes = \"32MiB\"\n");
    let path = place.path("cachefn.toml");
    std::fs::write(&path, &text).expect("a file can be written");
    let registry = open(&text).await;
    let users = registry.cache::<u64>("users").expect("numbers");
    users.set("a".into(), 1).await.expect("the folder");
    end(registry).await;

    let over = |words: &[&str]| {
        let mut command = program(words);
        command.arg("--config").arg(&path);
        ended(command)
    };
    assert_eq!(over(&["get", "a", "-s", "users"]).succeeds().out, "1\n");
    over(&["set", "b", "2", "-s", "users"]).succeeds();
    let doctor = over(&["doctor"]).succeeds();
    assert!(doctor.out.contains("users: 2 entries can be returned"), "{doctor:?}");

    let registry = open(&text).await;
    let users = registry.cache::<u64>("users").expect("numbers");
    assert_eq!(users.get("b").await.expect("the folder"), Some(2));
    end(registry).await;
}
