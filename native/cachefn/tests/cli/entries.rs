//! `get`, `set` and `del`.

use cachefn::AnyCodec;

use crate::support::*;

#[test]
fn get_prints_values_whose_format_tells_what_they_are() {
    let place = Place::filled();
    assert_eq!(place.run(&["get", "user:2", "-n", "users"]).succeeds().out, "2\n");
    assert_eq!(place.run(&["get", "3", "-n", "tables"]).succeeds().out, "3\n");
    let shown = place.run(&["get", "/page/1", "-n", "pages"]).succeeds().out;
    assert_eq!(shown, "1 B of postcard: 0x01\n");
    assert_eq!(place.run(&["get", "/page/1", "-n", "pages", "--raw"]).succeeds().out, "\u{1}");
}

#[test]
fn get_as_json_tells_all_that_is_known_of_an_entry() {
    let place = Place::filled();
    let object = &place.run(&["get", "user:1", "-n", "users", "--json"]).succeeds().objects()[0];
    assert_eq!((&object["key"], &object["value"]), (&"user:1".into(), &1.into()));
    assert_eq!((&object["state"], &object["codec"]), (&"fresh".into(), &"json".into()));
    assert_eq!(object["tags"], serde_json::json!(["all", "odd"]));
    let left = object["left_ms"].as_u64().unwrap();
    assert!((1..=3_600_000).contains(&left), "{left}");
    let object = &place.run(&["get", "/page/3", "-n", "pages", "--json"]).succeeds().objects()[0];
    assert_eq!((&object["codec"], &object["value_hex"]), (&"postcard".into(), &"03".into()));
}

#[test]
fn a_key_that_is_not_there_is_code_1_and_a_word_about_it() {
    let ended = Place::filled().run(&["get", "user:9", "-n", "users"]).fails(1);
    assert_eq!(ended.told, "cachefn: get user:9: there is no such entry in users\n");
    assert_eq!(ended.out, "");
}

#[test]
fn h_39_without_a_name_several_caches_are_listed_and_nothing_is_guessed() {
    let place = Place::filled();
    let ended = place.run(&["get", "1"]).fails(2);
    assert!(ended.told.ends_with("name one with --namespace: pages, tables, users\n"), "{ended:?}");
    let single = Place::new();
    single.fill("only", AnyCodec::Json, |number| number.to_string());
    assert_eq!(single.run(&["get", "2"]).succeeds().out, "2\n");
}

#[test]
fn set_writes_what_a_cache_of_that_codec_reads() {
    let place = Place::filled();
    place.run(&["set", "user:7", "70", "-n", "users", "--ttl", "10m", "--tag", "new"]).succeeds();
    place.run(&["set", "7", "71", "-n", "tables"]).succeeds();
    assert_eq!(place.value("users", AnyCodec::Json, "user:7"), Some(70));
    assert_eq!(place.value("tables", AnyCodec::MessagePack, "7"), Some(71), "in its own codec");
    let object = &place.run(&["get", "user:7", "-n", "users", "--json"]).objects()[0];
    assert_eq!(object["tags"], serde_json::json!(["new"]));
    assert!(object["left_ms"].as_u64().unwrap() <= 600_000);
}

#[test]
fn set_makes_a_storage_and_takes_values_from_its_input_and_texts() {
    let place = Place::new();
    place.run_with(&["set", "k", "-", "-n", "new"], "{\"a\": [1]}\n").succeeds();
    assert_eq!(place.run(&["get", "k"]).succeeds().out, "{\"a\":[1]}\n");
    place.run(&["set", "t", "no \"json", "--text", "-n", "new"]).succeeds();
    assert_eq!(place.run(&["get", "t"]).succeeds().out, "\"no \\\"json\"\n");
}

#[test]
fn set_refuses_what_it_cannot_write_and_says_what_to_do() {
    let place = Place::filled();
    let ended = place.run(&["set", "user:7", "Ada", "-n", "users"]).fails(4);
    assert!(ended.told.contains("the value is no JSON, line 1 column 1; quote it, or give --text"));
    assert!(!ended.told.contains("Ada"), "a value is never told");
    let ended = place.run(&["set", "/p", "1", "-n", "pages"]).fails(2);
    assert!(
        ended.told.contains("takes the type of the value") && ended.told.contains("--codec"),
        "{ended:?}"
    );
    let ended = place.run(&["set", "k", "1", "-n", "users", "--ttl", "5 m"]).fails(2);
    assert!(ended.told.contains("the duration has a space"), "{ended:?}");
}

#[test]
fn del_counts_what_was_there() {
    let place = Place::filled();
    let ended = place.run(&["del", "/page/1", "/page/9", "-n", "pages"]).succeeds();
    assert_eq!(ended.out, "deleted 1 of 2\n/page/9: there is no such entry in pages\n");
    assert_eq!(place.value("pages", AnyCodec::Postcard, "/page/1"), None);
    assert_eq!(place.value("pages", AnyCodec::Postcard, "/page/2"), Some(2));
    let ended = place.run(&["del", "/page/1", "-n", "pages", "--json"]).fails(1);
    let object = &ended.objects()[0];
    assert_eq!(
        (&object["deleted"], &object["missing"]),
        (&0.into(), &serde_json::json!(["/page/1"]))
    );
    let ended = place.run(&["del", "/page/1", "-n", "pages"]).fails(1);
    assert_eq!(ended.out, "deleted 0 of 1\n/page/1: there is no such entry in pages\n");
}
