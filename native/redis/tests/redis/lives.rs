//! How long records and tokens stay in Redis.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Cache, EntryOptions, Keep, Postcard, Storage, Token};

use crate::support::{server, storage};

fn left(key: &str) -> i64 {
    server().cli(&["PTTL", key]).parse().expect("a number")
}

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn h_19_lives_are_milliseconds_and_rounded_up() {
    let storage = storage("lives").await;
    let keep = |life| Keep::new(Some(life), &[]);
    let record = Bytes::from_static(b"record");
    for (life, most) in [
        (Duration::from_micros(10_500_001), 10_501),
        (Duration::from_millis(1_500), 1_500),
        (Duration::from_secs(7), 7_000),
    ] {
        storage.set(b"name", record.clone(), keep(life)).await.unwrap();
        let left = left("lives:name");
        assert!(left <= most && left > most - 1_000, "{life:?}: {left}");
        let found = storage.get(b"name").await.unwrap().unwrap();
        assert!(found.remaining.is_some_and(|remaining| remaining <= life + MILLISECOND));
    }
    storage.set(b"name", record.clone(), Keep::default()).await.unwrap();
    assert_eq!(left("lives:name"), -1);
    assert_eq!(storage.get(b"name").await.unwrap().unwrap().remaining, None);
    storage.set(b"name", record, keep(Duration::ZERO)).await.unwrap();
    assert_eq!(left("lives:name"), -2, "no life at all is not kept");
}

const MILLISECOND: Duration = Duration::from_millis(1);

#[tokio::test]
async fn s_30_tokens_of_tags_live_as_long_as_the_longest_record_that_uses_them() {
    let storage = storage("s30").await;
    let tokens: [&[u8]; 3] = [b"%n:users", b"%t:users:tag", b"%x:users:tag"];
    let wanted = tokens.map(|name| (name, Token([1; 16])));
    storage.create_tokens(&wanted).await.unwrap();
    assert_eq!(left("s30:%n:users"), -1, "there are few namespaces");
    assert!((1..=HOUR).contains(&left("s30:%t:users:tag")));
    let record = Bytes::from_static(b"record");
    let keep = |hours: u64| Keep::new(Some(Duration::from_secs(hours * 3_600)), &tokens);
    for (hours, least) in [(3, 3), (1, 3), (5, 5)] {
        storage.set(b"users:7", record.clone(), keep(hours)).await.unwrap();
        for key in ["s30:%t:users:tag", "s30:%x:users:tag"] {
            let left = left(key);
            assert!((least * HOUR..(least + 1) * HOUR).contains(&left), "{hours} hours: {left}");
        }
    }
    storage.set(b"users:8", record.clone(), Keep::new(None, &tokens)).await.unwrap();
    assert_eq!(left("s30:%t:users:tag"), -1, "as the record that has no end");
    storage.replace_tokens(&[(tokens[1], Token([2; 16]))]).await.unwrap();
    assert!((1..=HOUR).contains(&left("s30:%t:users:tag")), "nothing uses the new one yet");
}

#[tokio::test]
async fn s_30_of_a_thousand_tags_nothing_stays_for_ever() {
    let storage = storage("leak").await;
    let cache = Cache::<String, u32>::builder("users").storage(storage).codec(Postcard);
    let cache = cache.ttl(Duration::from_secs(60)).build().unwrap();
    for number in 0..200u32 {
        let options = EntryOptions::new().tags([format!("user:{number}")]);
        cache.set_with(format!("{number}"), number, options).await.unwrap();
    }
    cache.invalidate_by_tag("user:7").await.unwrap();
    let keys = server().cli(&["KEYS", "leak:*"]);
    let (mut all, mut endless) = (0, Vec::new());
    for key in keys.lines() {
        all += 1;
        if left(key) < 0 {
            endless.push(key);
        }
    }
    assert!(all >= 600, "{all}");
    assert_eq!(endless, ["leak:%n:users"]);
}
