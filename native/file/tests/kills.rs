//! A process that writes is killed 200 times, and each time the file holds what it should.

mod common;

use std::time::Duration;

use cachefn_conformance::check_kills;
use cachefn_file::FileStorage;
use common::Folder;

#[test]
fn h_30_what_a_flush_acknowledged_survives_200_kills_and_nothing_is_half_written() {
    let test = "h_30_what_a_flush_acknowledged_survives_200_kills_and_nothing_is_half_written";
    let seed = std::env::var("CACHEFN_SEED").map_or(0x0F11_E5EE, |seed| seed.parse().unwrap());
    let kills = if std::env::var("CACHEFN_LONG").is_ok() { 2_000 } else { 200 };
    let folder = Folder::new();
    let open = |path: &std::path::Path| {
        let builder = FileStorage::builder(path).commit_interval(Duration::from_millis(2));
        builder.batch_bytes(64 << 10).build().unwrap()
    };
    check_kills(test, kills, seed, &folder.path(), open, |storage| {
        assert_eq!(storage.damaged(), []);
    });
    assert_eq!(folder.files(), ["cache.db"]);
}
