//! `invalidate`: by tag, by pattern, and all after a question.

use cachefn::AnyCodec;

use crate::support::*;

#[test]
fn s_27_a_tag_takes_its_entries_and_no_others() {
    let place = Place::filled();
    let ended = place.run(&["invalidate", "--tag", "odd", "-n", "pages"]).succeeds();
    assert_eq!(ended.out, "removed the entries of pages tagged odd\n");
    let value = |number| place.value("pages", AnyCodec::Postcard, &format!("/page/{number}"));
    assert_eq!([1, 2, 3].map(value), [None, Some(2), None]);
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(1), "of another cache");
}

#[test]
fn s_29_expired_entries_are_stale_and_stay() {
    let place = Place::filled();
    place.run(&["invalidate", "--tag", "odd", "--expire", "-n", "users"]).succeeds();
    let object = &place.run(&["get", "user:1", "-n", "users", "--json"]).succeeds().objects()[0];
    assert_eq!((&object["state"], &object["value"]), (&"stale".into(), &1.into()));
}

#[test]
fn s_32_a_pattern_takes_records_of_every_codec_and_counts_the_living() {
    let place = Place::filled();
    let ended = place.run(&["invalidate", "--pattern", "/page/[12]", "-n", "pages"]).succeeds();
    assert_eq!(ended.out, "removed the entries of pages that match /page/[12] (2)\n");
    let value = |number| place.value("pages", AnyCodec::Postcard, &format!("/page/{number}"));
    assert_eq!([1, 2, 3].map(value), [None, None, Some(3)]);
    let words = ["invalidate", "--pattern", "*2", "-n", "tables", "--json"];
    assert_eq!(place.run(&words).succeeds().objects()[0]["removed"], 1);
    place.run(&words).fails(1);
}

#[test]
fn all_without_a_terminal_and_without_yes_removes_nothing() {
    let place = Place::filled();
    let ended = place.run_with(&["invalidate", "--all", "-n", "users"], "y\n").fails(2);
    assert!(ended.told.contains("no terminal to ask on") && ended.told.contains("--yes"));
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), Some(1));
    place.run(&["invalidate", "--all", "--yes", "-n", "users"]).succeeds();
    assert_eq!(place.value("users", AnyCodec::Json, "user:1"), None);
    assert_eq!(place.value("pages", AnyCodec::Postcard, "/page/1"), Some(1), "of another cache");
}

#[test]
fn invalidate_needs_to_be_told_what_and_only_once() {
    let place = Place::filled();
    place.run(&["invalidate", "-n", "users"]).fails(2);
    place.run(&["invalidate", "-n", "users", "--all", "--tag", "odd"]).fails(2);
    place.run(&["invalidate", "-n", "users", "--all", "--expire", "--yes"]).fails(2);
    assert_eq!(place.run(&["keys"]).succeeds().lines().len(), 9);
}
