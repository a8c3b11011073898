//! A process that writes is killed 200 times, and each time the database holds what it should.

mod common;

use cachefn_conformance::check_kills;
use cachefn_rocksdb::RocksDbStorage;
use common::Folder;

#[test]
fn h_30_what_a_flush_acknowledged_survives_200_kills_and_nothing_is_half_written() {
    let test = "h_30_what_a_flush_acknowledged_survives_200_kills_and_nothing_is_half_written";
    let seed = std::env::var("CACHEFN_SEED").map_or(0x20C_45DB, |seed| seed.parse().unwrap());
    let kills = if std::env::var("CACHEFN_LONG").is_ok() { 2_000 } else { 200 };
    let folder = Folder::new();
    // So little that some of the kills meet the engine while it writes its files.
    let open = |path: &std::path::Path| {
        RocksDbStorage::builder(path).write_buffer_bytes(256 << 10).build().unwrap()
    };
    check_kills(test, kills, seed, &folder.path(), open, |storage| {
        assert_eq!((storage.damaged(), storage.unreadable()), (vec![], 0));
    });
    assert_eq!(folder.files(), ["cachefn-rocksdb", "data"]);
}
