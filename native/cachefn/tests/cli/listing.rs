//! `keys`, `tags` and `stats`.

use std::collections::BTreeSet;

use cachefn::AnyCodec;

use crate::support::*;

fn sorted(ended: &Ended) -> Vec<&str> {
    let mut lines = ended.lines();
    lines.sort_unstable();
    lines
}

#[test]
fn keys_to_a_pipe_are_keys_and_nothing_else() {
    let place = Place::filled();
    let ended = place.run(&["keys", "-n", "users"]).succeeds();
    assert_eq!((sorted(&ended), &*ended.told), (vec!["user:1", "user:2", "user:3"], ""));
    let ended = place.run(&["keys"]).succeeds();
    assert_eq!(ended.lines().len(), 9, "of all caches");
}

#[test]
fn s_24_keys_takes_the_globs_of_the_library() {
    let place = Place::filled();
    let ended = place.run(&["keys", "user:[12]"]).succeeds();
    assert_eq!(sorted(&ended), ["user:1", "user:2"]);
    assert_eq!(place.run(&["keys", "*", "--limit", "4"]).succeeds().lines().len(), 4);
    place.run(&["keys", "nobody*"]).fails(1);
    let ended = place.run(&["keys", "user:["]).fails(2);
    assert!(ended.told.contains("[ at position 5 is never closed"), "{ended:?}");
}

#[test]
fn keys_as_json_tell_of_every_codec() {
    let objects = Place::filled().run(&["keys", "--json"]).succeeds().objects();
    let codecs: BTreeSet<_> = objects.iter().map(|own| own["codec"].as_str().unwrap()).collect();
    assert_eq!(codecs, ["json", "messagepack", "postcard"].into());
    assert!(objects.iter().all(|own| own["state"] == "fresh" && own.get("value").is_none()));
}

#[test]
fn what_is_invalid_is_listed_only_when_the_dead_are_asked_for() {
    let place = Place::filled();
    place.run(&["invalidate", "--tag", "odd", "-n", "users"]).succeeds();
    assert_eq!(place.run(&["keys", "-n", "users"]).succeeds().out, "user:2\n");
    let dead = place.run(&["keys", "-n", "users", "--dead", "--json"]).succeeds().objects();
    assert_eq!(dead.iter().filter(|own| own["state"] == "dead").count(), 2, "{dead:?}");
}

#[test]
fn tags_are_counted_by_living_entries_the_most_first() {
    let place = Place::filled();
    assert_eq!(place.run(&["tags", "-n", "users"]).succeeds().out, "all\nodd\n");
    let objects = place.run(&["tags", "-n", "users", "--json"]).succeeds().objects();
    assert_eq!((&objects[0]["entries"], &objects[1]["entries"]), (&3.into(), &2.into()));
    place.run(&["invalidate", "--tag", "all", "-n", "users"]).succeeds();
    place.run(&["tags", "-n", "users"]).fails(1);
}

#[test]
fn stats_count_the_records_of_each_cache() {
    let place = Place::filled();
    place.run(&["invalidate", "--tag", "odd", "--expire", "-n", "users"]).succeeds();
    place.run(&["invalidate", "--tag", "all", "-n", "pages"]).succeeds();
    let objects = place.run(&["stats", "--json"]).succeeds().objects();
    let of = |name: &str| objects.iter().find(|own| own["namespace"] == name).unwrap();
    assert_eq!((&of("users")["fresh"], &of("users")["stale"]), (&1.into(), &2.into()));
    assert_eq!((&of("pages")["dead"], &of("tables")["fresh"]), (&3.into(), &3.into()));
    assert_eq!(of("tables")["codecs"], serde_json::json!({ "messagepack": 3 }));
    let table = place.run(&["stats"]).succeeds().out;
    assert!(table.starts_with("CACHE ") && table.contains("\nall "), "{table}");
}

#[test]
fn an_empty_storage_has_no_statistics_and_a_missing_one_is_not_made() {
    let place = Place::new();
    let ended = place.run(&["stats"]).fails(3);
    assert!(ended.told.contains("there is no such file") && !place.file().exists(), "{ended:?}");
    close(&place.storage());
    assert_eq!(place.run(&["stats"]).succeeds().out, "no cache has written here yet\n");
}

#[test]
fn a_file_of_somebody_else_is_refused_and_stays_as_it_is() {
    let place = Place::new();
    for bytes in [&b"my only copy of a novel"[..], b"x"] {
        std::fs::write(place.file(), bytes).unwrap();
        for words in [&["stats"][..], &["set", "k", "1", "-n", "a"], &["doctor"]] {
            place.run(words).fails(3);
            assert_eq!(std::fs::read(place.file()).unwrap(), bytes, "{words:?}");
        }
    }
    let ended = place.run(&["keys"]).fails(3);
    assert!(ended.told.contains("too short for a storage"), "{ended:?}");
}

#[test]
fn keys_with_colons_and_percents_in_the_name_of_the_cache_are_found() {
    let place = Place::new();
    place.fill("a:b%/c", AnyCodec::Json, |number| format!("k:{number}"));
    assert_eq!(place.run(&["get", "k:2"]).succeeds().out, "2\n");
    let objects = place.run(&["keys", "--json"]).succeeds().objects();
    assert!(objects.iter().all(|own| own["namespace"] == "a:b%/c"), "{objects:?}");
}
