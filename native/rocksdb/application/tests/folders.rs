//! Folders that are in use, not there, of somebody else, or bounded.

use cachefn::rocksdb::RocksDbStorage;

use crate::support::{Place, ended, program};

#[tokio::test]
async fn h_32_a_folder_in_use_by_a_running_program_is_an_error_that_names_the_program() {
    let place = Place::new();
    let storage = RocksDbStorage::open(place.cache()).expect("the folder is free");
    let expected = format!(
        "cachefn: open: {} is open in process {}; one process at a time can have it: end that \
         one, or name another folder\n",
        place.cache().display(),
        std::process::id()
    );
    let import: &[&str] = &["import", "-"];
    for words in [&["get", "k"], &["set", "k", "1"][..], &["keys"], &["doctor"], import] {
        assert_eq!(place.run(words).fails(3).told, expected, "{words:?}");
    }
    place.fill(storage).await;
    assert_eq!(place.run(&["get", "user:1"]).succeeds().out, "1\n", "it is free again");
}

#[test]
fn h_33_who_only_looks_makes_no_folder_and_touches_none_of_others() {
    let place = Place::new();
    for words in [&["keys"][..], &["get", "k"], &["doctor"], &["export"]] {
        let told = place.run(words).fails(3).told;
        assert!(told.contains("there is no folder of a RocksDB storage"), "{told}");
        assert!(!place.cache().exists(), "{words:?}");
    }
    std::fs::create_dir(place.cache()).expect("a folder can be made");
    std::fs::write(place.cache().join("notes.txt"), "mine").expect("a file can be written");
    place.run(&["keys"]).fails(3);
    let told = place.run(&["set", "k", "1", "-n", "c"]).fails(2).told;
    assert!(told.contains("is not a folder of this storage; name another one"), "{told}");
    let files = std::fs::read_dir(place.cache()).expect("it is there").count();
    assert_eq!(files, 1, "nothing was added");

    let mut both = program(&["keys", "--file", "cache.db", "--rocksdb"]);
    both.arg(place.cache());
    assert!(ended(both).fails(2).told.contains("name one storage"));
}

#[tokio::test]
async fn a_folder_with_a_bound_keeps_its_records_whoever_looks() {
    let place = Place::new();
    let bounded = || RocksDbStorage::builder(place.cache()).max_bytes(32 << 20).build();
    place.fill(bounded().expect("the folder is free")).await;
    assert_eq!(place.run(&["keys"]).succeeds().out, "user:1\nuser:2\nuser:3\n");
    place.run(&["set", "user:4", "4"]).succeeds();
    // The program has what it had, and what the tool wrote.
    drop(bounded().expect("the folder is free"));
    assert_eq!(place.run(&["keys"]).succeeds().out.lines().count(), 4);
}

#[tokio::test]
async fn a_damaged_database_is_told_of_and_kept_aside() {
    let place = Place::new();
    place.fill(RocksDbStorage::open(place.cache()).expect("the folder is free")).await;
    std::fs::write(place.cache().join("data/CURRENT"), "nonsense").expect("it can be written");
    let ended = place.run(&["stats"]).succeeds();
    assert!(ended.told.contains("cachefn: damaged: "), "{ended:?}");
    assert!(ended.told.contains("cache/damaged-1"), "{ended:?}");
    assert!(place.cache().join("damaged-1").is_dir());
}
