//! What a tool sees of a storage: every record, and how it stands, whatever its codec.

use cachefn_conformance::MapStorage;
use cachefn_core::{
    Cache, Clock, Condition, EntryOptions, ErrorKind, ManualClock, Postcard, Record, Records,
    Storage, Token,
};

use crate::support::*;

fn built(storage: &MapStorage, clock: &ManualClock, name: &str) -> Cache<String, u32> {
    let builder = Cache::builder(name).storage(storage.clone()).codec(Postcard);
    builder.clock(clock.clone()).build().unwrap()
}

fn condition(records: &Records, key: &str, clock: &ManualClock) -> Option<Condition> {
    let found = finish(records.find(key, clock.wall_ms())).unwrap();
    found.map(|found| found.condition)
}

#[test]
fn s_02_a_record_is_fresh_stale_and_dead_at_the_milliseconds_at_which_it_is_so_for_caches() {
    let (storage, clock) = (MapStorage::new(), clock());
    let options = EntryOptions::new().ttl(ms(10)).stale_if_error(ms(5));
    finish(built(&storage, &clock, "c").set_with("k".into(), 1, options)).unwrap();
    let records = Records::new("c", storage);
    assert_eq!(condition(&records, "k", &clock), Some(Condition::Fresh { left: Some(ms(10)) }));
    clock.advance(ms(10));
    assert_eq!(condition(&records, "k", &clock), Some(Condition::Stale { since: ms(0) }));
    clock.advance(ms(5));
    assert_eq!(condition(&records, "k", &clock), Some(Condition::Dead));
    assert_eq!(condition(&records, "another", &clock), None);
}

#[test]
fn s_28_tags_and_a_clear_decide_here_as_they_do_for_caches() {
    let (storage, clock) = (MapStorage::new(), clock());
    let cache = built(&storage, &clock, "c");
    for key in ["a", "b"] {
        let options = EntryOptions::new().tags([key]);
        finish(cache.set_with(key.into(), 1, options)).unwrap();
    }
    let records = Records::new("c", storage);
    finish(cache.invalidate_by_tag("a")).unwrap();
    assert_eq!(condition(&records, "a", &clock), Some(Condition::Dead));
    assert_eq!(condition(&records, "b", &clock), Some(Condition::Fresh { left: None }));
    finish(cache.clear()).unwrap();
    assert_eq!(condition(&records, "b", &clock), Some(Condition::Dead));
}

#[test]
fn h_39_what_cannot_be_read_is_shown_and_stays() {
    let (storage, clock) = (MapStorage::new(), clock());
    finish(built(&storage, &clock, "c").set("k".into(), 1)).unwrap();
    finish(storage.set(b"c:bad", b"no record"[..].into(), cachefn_core::Keep::default())).unwrap();
    let records = Records::new("c", storage.clone());
    let (page, next) = finish(records.walk(b"", clock.wall_ms())).unwrap();
    assert_eq!((page.len(), next), (2, None));
    let bad = page.iter().find(|own| own.record.is_none()).unwrap();
    let Condition::Unreadable(error) = &bad.condition else { panic!("{bad:?}") };
    assert_eq!((error.kind(), bad.key()), (ErrorKind::Corrupt, None));
    assert!(finish(storage.get(b"c:bad")).unwrap().is_some());
    assert!(finish(records.delete(bad)).unwrap() && !finish(records.delete(bad)).unwrap());
}

#[test]
fn s_23_the_names_of_caches_are_told_as_they_were_built() {
    let (storage, clock) = (MapStorage::new(), clock());
    for name in ["users", "a:b%/c", "%3A"] {
        finish(built(&storage, &clock, name).set("k".into(), 1)).unwrap();
    }
    assert_eq!(finish(Records::namespaces(&storage)).unwrap(), ["%3A", "a:b%/c", "users"]);
    for name in ["users", "a:b%/c", "%3A"] {
        let (page, _) = finish(Records::new(name, storage.clone()).walk(b"", 0)).unwrap();
        let record = page[0].record.as_ref().unwrap();
        assert_eq!((record.namespace().as_deref(), record.key()), (Some(name), Some("k")));
    }
}

#[test]
fn s_05_an_adopted_record_lives_for_the_time_it_has_left_and_a_dead_one_is_not_written() {
    let (storage, other, clock) = (MapStorage::new(), MapStorage::new(), clock());
    let options = EntryOptions::new().ttl(ms(10)).tags(["t"]);
    finish(built(&storage, &clock, "c").set_with("k".into(), 1, options)).unwrap();
    let found = finish(Records::new("c", storage).find("k", clock.wall_ms())).unwrap().unwrap();
    let record = found.record.unwrap();
    clock.advance(ms(9));
    let records = Records::new("d", other.clone());
    finish(records.adopt(record.clone(), clock.wall_ms())).unwrap();
    assert_eq!(condition(&records, "k", &clock), Some(Condition::Fresh { left: Some(ms(1)) }));
    assert_eq!(finish(built(&other, &clock, "d").get("k")).unwrap(), Some(1));
    finish(built(&other, &clock, "d").invalidate_by_tag("t")).unwrap();
    assert_eq!(condition(&records, "k", &clock), Some(Condition::Dead), "its tags are those here");
    clock.advance(ms(1));
    let late = Records::new("e", other);
    finish(late.adopt(record, clock.wall_ms())).unwrap();
    assert_eq!(condition(&late, "k", &clock), None);
}

#[test]
fn a_record_whose_name_has_no_key_is_not_adopted() {
    let record = Record {
        codec: 2,
        schema: 0,
        created: 0,
        fresh_for: u64::MAX,
        revalidates_for: 0,
        bridges_for: 0,
        idle_for: u64::MAX,
        name: "nothing".into(),
        namespace_token: Token([0; 16]),
        tags: Vec::new(),
        payload: "1".into(),
    };
    let error = finish(Records::new("c", MapStorage::new()).adopt(record, 0)).unwrap_err();
    assert_eq!(error.to_string(), "adopt: the name of the record has no key in it");
}
