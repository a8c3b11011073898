//! `export` into a file: whole, or not at all, and never into the storage itself.

use cachefn::AnyCodec;
use cachefn_servers::Server;

use crate::support::*;

/// What lies in the folder, by name.
fn names(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.path("")).expect("the folder is there");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).into_string().expect("a text")).collect();
    names.sort();
    names
}

fn word(place: &Place, name: &str) -> String {
    place.path(name).to_str().expect("a text").to_string()
}

#[test]
fn a_storage_is_not_exported_into_itself_whatever_its_file_is_called() {
    let place = Place::filled();
    std::fs::create_dir(place.path("folder")).unwrap();
    let mut ways = vec![word(&place, "cache.db"), word(&place, "folder/../cache.db")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(place.file(), place.path("link")).unwrap();
        ways.push(word(&place, "link"));
    }
    for way in ways {
        let ended = place.run(&["export", "-o", &way]).fails(2);
        assert!(ended.told.contains("is the storage that is read; name another file"), "{ended:?}");
    }
    let config = place.path("cachefn.toml");
    let text = "[services.users]\ncache_type = \"l2\"\nttl = \"1h\"\nl2.connection_string = \"file:cache.db\"\n";
    std::fs::write(&config, text).unwrap();
    let words = ["export", "-o", &word(&place, "cache.db"), "--config", config.to_str().unwrap()];
    ended(program(&words)).fails(2);
    assert_eq!(place.value("users", AnyCodec::Json, "user:2"), Some(2), "it is as it was");
}

#[test]
fn what_was_exported_before_stays_until_there_is_something_whole_in_its_place() {
    let place = Place::filled();
    let backup = word(&place, "backup.jsonl");
    std::fs::write(&backup, "older\n").unwrap();
    let nothing = place.run(&["export", "-o", &backup, "--pattern", "nobody:*"]).fails(1);
    assert!(nothing.told.contains("nothing was written to "), "{nothing:?}");
    assert_eq!(text_of(backup.as_ref()), "older\n");

    let server = Server::builder().acl("user app on >geheim ~* &* +@all -scan").start();
    let mut command = program(&["export", "-o", &backup, "-n", "users"]);
    command.arg("--url").arg(server.url_for("app", "geheim"));
    let refused = ended(command).fails(2);
    assert!(refused.told.contains("scan"), "it fails in the middle: {refused:?}");
    assert_eq!(text_of(backup.as_ref()), "older\n");
    assert_eq!(names(&place), ["backup.jsonl", "cache.db"], "nothing half lies beside it");

    place.run(&["export", "-o", &backup]).succeeds();
    assert_eq!(text_of(backup.as_ref()).lines().count(), 9);
    assert_eq!(names(&place), ["backup.jsonl", "cache.db"]);
}

#[cfg(unix)]
#[test]
fn what_is_replaced_keeps_its_permissions_and_its_link_and_a_device_is_written_to() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::filled();
    let (backup, link) = (place.path("backup.jsonl"), word(&place, "link.jsonl"));
    std::fs::write(&backup, "older\n").unwrap();
    std::fs::set_permissions(&backup, PermissionsExt::from_mode(0o600)).unwrap();
    symlink(&backup, &link).unwrap();
    place.run(&["export", "-o", &link]).succeeds();
    assert_eq!(text_of(&backup).lines().count(), 9);
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let piped = place.run(&["export", "-o", "/dev/stdout"]).succeeds();
    assert_eq!(piped.lines().len(), 9);
}
