//! `export` and `import`: nothing is lost on the way, and nothing comes back to life.

use cachefn::{AnyCodec, EntryOptions};
use std::time::Duration;

use crate::support::*;

/// Everything of one place, in another.
fn moved(from: &Place) -> Place {
    let to = Place::new();
    let file = from.path("export.jsonl");
    let file = file.to_str().unwrap();
    from.run(&["export", "--output", file]).succeeds();
    to.run(&["import", file]).succeeds();
    to
}

#[test]
fn every_entry_arrives_with_its_value_tags_and_age_whatever_its_codec() {
    let from = Place::filled();
    let before = from.run(&["keys", "--json"]).succeeds().objects();
    let to = moved(&from);
    for (name, codec, key) in [
        ("users", AnyCodec::Json, "user:3"),
        ("pages", AnyCodec::Postcard, "/page/3"),
        ("tables", AnyCodec::MessagePack, "3"),
    ] {
        assert_eq!(to.value(name, codec, key), Some(3), "{name}");
    }
    let after = to.run(&["keys", "--json"]).succeeds().objects();
    for (one, other) in before.iter().zip(&after) {
        for field in ["namespace", "key", "tags", "created_ms", "codec", "schema", "bytes"] {
            assert_eq!(one[field], other[field], "{field}");
        }
    }
    assert_eq!((before.len(), after.len()), (9, 9));
}

#[test]
fn s_26_imported_entries_obey_the_tags_of_their_new_storage() {
    let to = moved(&Place::filled());
    to.run(&["invalidate", "--tag", "odd", "-n", "pages"]).succeeds();
    assert_eq!(to.value("pages", AnyCodec::Postcard, "/page/1"), None);
    assert_eq!(to.value("pages", AnyCodec::Postcard, "/page/2"), Some(2));
}

#[test]
fn the_dead_are_not_exported_and_the_stale_stay_stale() {
    let from = Place::filled();
    from.run(&["invalidate", "--tag", "odd", "--expire", "-n", "users"]).succeeds();
    from.run(&["invalidate", "--all", "--yes", "-n", "pages"]).succeeds();
    let to = moved(&from);
    assert_eq!(to.run(&["keys"]).succeeds().lines().len(), 6);
    let objects = to.run(&["keys", "-n", "users", "--json"]).succeeds().objects();
    let mut states: Vec<_> = objects.iter().map(|own| own["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["fresh", "stale", "stale"]);
}

#[test]
fn an_export_passes_through_a_pipe_into_a_cache_of_another_name() {
    let from = Place::filled();
    let exported = from.run(&["export", "-n", "users", "--pattern", "user:[12]"]).succeeds();
    assert_eq!(exported.told, "exported 2 entries\n");
    let to = Place::new();
    let ended = to.run_with(&["import", "-", "-n", "people"], &exported.out).succeeds();
    assert_eq!(ended.out, "imported 2 entries\n");
    assert_eq!(to.value("people", AnyCodec::Json, "user:2"), Some(2));
    assert_eq!(to.value("users", AnyCodec::Json, "user:2"), None);
}

#[test]
fn a_younger_entry_is_not_replaced_unless_that_is_asked_for() {
    let place = Place::filled();
    let exported = place.run(&["export", "-n", "users"]).succeeds().out;
    // By the clock of the machine, in milliseconds: one must have passed.
    let made =
        place.run(&["get", "user:1", "-n", "users", "--json"]).objects()[0]["created_ms"].clone();
    loop {
        place.run(&["set", "user:1", "99", "-n", "users"]).succeeds();
        let now =
            &place.run(&["get", "user:1", "-n", "users", "--json"]).objects()[0]["created_ms"];
        if now.as_u64() > made.as_u64() {
            break;
        }
    }
    let ended = place.run_with(&["import", "-", "--json"], &exported).succeeds();
    let object = &ended.objects()[0];
    assert_eq!((&object["imported"], &object["passed"]), (&2.into(), &1.into()));
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(99));
    place.run_with(&["import", "-", "--overwrite"], &exported).succeeds();
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(1));
}

#[test]
fn a_line_that_is_cut_off_stops_the_import_and_tells_where_to_go_on() {
    let exported = Place::filled().run(&["export"]).succeeds().out;
    let cut = &exported[..exported.len() - 40];
    let to = Place::new();
    let ended = to.run_with(&["import", "-"], cut).fails(4);
    assert!(ended.told.contains("line 9: it is no line of an export"), "{ended:?}");
    assert!(ended.told.ends_with("8 entries imported whole; go on with --skip 8\n"), "{ended:?}");
    assert_eq!(to.run(&["keys"]).succeeds().lines().len(), 8);
    let ended = to.run_with(&["import", "-", "--skip", "8"], &exported).succeeds();
    assert_eq!(ended.out, "imported 1 entry\n");
    assert_eq!(to.run(&["keys"]).succeeds().lines().len(), 9);
}

#[test]
fn a_record_that_was_tampered_with_is_refused_and_not_written() {
    let exported = Place::filled().run(&["export", "-n", "users"]).succeeds().out;
    let first = exported.lines().next().unwrap();
    let mut object: serde_json::Value = serde_json::from_str(first).unwrap();
    let record = object["record"].as_str().unwrap().to_string();
    for (field, value, told) in [
        ("key", "user:8".to_string(), "that of another key"),
        ("namespace", "others".to_string(), "that of another key"),
        ("record", record[..record.len() - 8].to_string() + "AAAA", "checksum"),
        ("record", "?".to_string(), "no base64"),
    ] {
        let before = std::mem::replace(&mut object[field], value.into());
        let to = Place::new();
        let ended = to.run_with(&["import", "-"], &object.to_string()).fails(4);
        assert!(ended.told.contains(told), "{field}: {ended:?}");
        assert_eq!(to.run(&["stats"]).succeeds().out, "no cache has written here yet\n");
        object[field] = before;
    }
}

#[test]
fn what_never_dies_and_what_may_be_stale_for_ever_travels_too() {
    let from = Place::new();
    block_on(async {
        let cache = from.cache::<u32>("c", AnyCodec::Json);
        cache.set("endless".into(), 1).await.unwrap();
        let options =
            EntryOptions::new().ttl(Duration::MAX).stale_if_error(Duration::MAX).tags(["t"]);
        cache.set_with("bridged".into(), 2, options).await.unwrap();
        cache.close().await.unwrap();
    });
    from.run(&["invalidate", "--tag", "t", "--expire"]).succeeds();
    let to = moved(&from);
    assert_eq!(to.run(&["get", "endless"]).succeeds().out, "1\n");
    let object = &to.run(&["get", "bridged", "--json"]).succeeds().objects()[0];
    assert_eq!((&object["state"], &object["value"]), (&"stale".into(), &2.into()));
}
