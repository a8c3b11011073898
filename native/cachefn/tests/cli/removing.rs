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
fn a_tag_that_nobody_carries_is_invalidated_and_said_so_to_whom_counts() {
    let place = Place::filled();
    let invalidate =
        |words: &[&str]| place.run(&[&["invalidate", "--count", "-n", "users"], words].concat());
    let nobody = "the tag ood is invalidated; no entry of users carried it\n";
    assert_eq!(invalidate(&["--tag", "ood"]).succeeds().out, nobody);
    assert_eq!(invalidate(&["--tag", "ood", "--expire"]).succeeds().out, nobody);
    let both = invalidate(&["--tag", "odd", "--tag", "ood"]).succeeds().out;
    assert_eq!(both, format!("removed the entries of users tagged odd, ood (2)\n{nobody}"));
    let again = invalidate(&["--tag", "odd"]).succeeds().out;
    assert_eq!(again, "the tag odd is invalidated; no entry of users carried it\n");
}

#[test]
fn what_was_invalidated_by_its_tags_is_told_as_json_each_entry_once() {
    let place = Place::filled();
    let words = ["invalidate", "-n", "users", "--json", "--tag"];
    let told =
        |more: &[&str]| place.run(&[&words[..], more].concat()).succeeds().objects().remove(0);
    let object = told(&["all", "--count", "--tag", "odd", "--tag", "ood", "--expire"]);
    let tags = serde_json::json!({ "all": 3, "odd": 2, "ood": 0 });
    assert_eq!((&object["expired"], &object["removed"]), (&3.into(), &serde_json::Value::Null));
    assert_eq!((&object["tags"], &object["done"]), (&tags, &true.into()));
    let object = told(&["odd", "--count"]);
    assert_eq!((&object["removed"], &object["expired"]), (&2.into(), &serde_json::Value::Null));
    assert_eq!(told(&["odd", "--count"])["removed"], 0);
    let object = told(&["odd"]);
    assert!(object["removed"].is_null() && object["tags"].is_null() && object["done"] == true);
}

#[test]
fn a_pattern_that_nothing_matches_is_said_so() {
    let place = Place::filled();
    let ended = place.run(&["invalidate", "--pattern", "usr:*", "-n", "users"]).fails(1);
    assert_eq!(ended.out, "removed nothing: no entry of users matches usr:*\n");
    assert_eq!(ended.told, "");
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
    assert_eq!(place.run(&words).fails(1).objects()[0]["removed"], 0);
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
