//! Where there is no room for more.

use std::time::Duration;

use cachefn_core::{Cache, EntryOptions, ManualClock, Postcard, Storage, Tier};
use cachefn_wasm::WebStorage;

use crate::browser;
use crate::test::{Test, Verdict, equal, holds, tests, words};

pub(crate) const IN_A_WINDOW: &[Test] = tests![
    h_33_full_web_storage_drops_the_oldest_and_keeps_all_tokens,
    h_33_full_web_storage_drops_the_dead_first,
    h_33_web_storage_full_of_others_is_unavailable_and_left_alone,
    h_20_a_purge_of_web_storage_takes_the_dead,
];
pub(crate) const UNDER_A_QUOTA: &[Test] = tests![
    h_33_a_full_database_drops_the_oldest_and_keeps_all_tokens,
    h_33_a_database_full_of_small_records_goes_on,
    h_33_many_writers_of_a_full_database_go_on,
    h_33_a_record_without_room_is_unavailable,
];

type Texts = Cache<u32, String>;

fn texts(storage: impl Storage) -> Result<Texts, String> {
    timed(storage, ManualClock::new())
}

fn timed(storage: impl Storage, clock: ManualClock) -> Result<Texts, String> {
    let builder = Texts::builder("texts").max_entries(1).storage(storage).codec(Postcard);
    builder.clock(clock).build().map_err(words)
}

fn outside(ttl: Option<Duration>) -> EntryOptions {
    let options = EntryOptions::new().tier(Tier::Storage);
    ttl.map_or(options.clone(), |ttl| options.ttl(ttl))
}

/// Sets so many texts, a millisecond apart; how many are there in the end, from the newest on without a gap.
async fn filled(storage: impl Storage, count: u32, length: usize) -> Result<u32, String> {
    let clock = ManualClock::new();
    let texts = timed(storage, clock.clone())?;
    for number in 0..count {
        clock.advance(Duration::from_millis(1));
        let set = texts.set_with(number, text(number, length), outside(None));
        set.await.map_err(|error| format!("{number}: {error}"))?;
    }
    let mut there = 0;
    for number in (0..count).rev() {
        match texts.get(&number).await.map_err(words)? {
            Some(found) => {
                equal("how many newer ones are there", there, count - 1 - number)?;
                equal("whether it is the text", found == text(number, length), true)?;
                there += 1;
            }
            None => holds(number + 1 < count, || "the last one is not there".into())?,
        }
    }
    Ok(there)
}

/// A text of its own for each number, which no browser can write shorter.
fn text(number: u32, length: usize) -> String {
    let mut state = u64::from(number) + 1;
    let letter = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + (state >> 58) as u8)
    };
    (0..length).map(letter).collect()
}

async fn h_33_full_web_storage_drops_the_oldest_and_keeps_all_tokens() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    raw.set_item("theirs", "value").map_err(words)?;
    let storage = WebStorage::local();
    let texts = texts(storage.clone())?;
    texts.set(u32::MAX, "first".into()).await.map_err(words)?;
    let token = storage.tokens(&[b"%n:texts"]).await.map_err(words)?;
    let there = filled(storage.clone(), 300, 50_000).await?;
    holds((30..200).contains(&there), || format!("{there} of 300 are there"))?;
    equal("the token", storage.tokens(&[b"%n:texts"]).await.map_err(words)?, token)?;
    equal("theirs", raw.get_item("theirs").map_err(words)?.as_deref(), Some("value"))?;
    raw.clear().map_err(words)
}

async fn h_33_full_web_storage_drops_the_dead_first() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    // Its records are made in 1970: the living ones never die, the others have been dead for long.
    let texts = texts(WebStorage::local())?;
    let mut last = 0;
    for number in 0..100 {
        let ttl = (number % 2 == 1).then_some(Duration::from_secs(60));
        texts.set_with(number, "x".repeat(50_000), outside(ttl)).await.map_err(words)?;
        last = number;
    }
    // 50 living ones have room, 100 have not.
    for number in (0..last).step_by(2) {
        let found = texts.get(&number).await.map_err(words)?;
        holds(found.is_some(), || format!("{number} was dropped, though others were dead"))?;
    }
    raw.clear().map_err(words)
}

async fn h_33_web_storage_full_of_others_is_unavailable_and_left_alone() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    let storage = WebStorage::local();
    let texts = texts(storage.clone())?;
    texts.set(1, "older".into()).await.map_err(words)?;
    let mut theirs = 0;
    for length in [1_000_000, 100_000, 10_000, 1_000, 100] {
        while raw.set_item(&format!("theirs:{theirs}"), &"x".repeat(length)).is_ok() {
            theirs += 1;
        }
    }
    let error = texts.set(1, "x".repeat(5_000)).await.err().ok_or("it found room")?;
    equal("whether one may try again", error.is_retryable(), true)?;
    equal("the older record", storage.get(b"texts:1").await.map_err(words)?, None)?;
    let value = texts.get_or_fetch(&2, || async { "made".to_string() }).await;
    equal("the value", value, "made".to_string())?;
    equal("what is left of theirs", raw.length().map_err(words)? >= theirs, true)?;
    raw.clear().map_err(words)
}

async fn h_20_a_purge_of_web_storage_takes_the_dead() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    let storage = WebStorage::local();
    let texts = texts(storage.clone())?;
    for number in 0..30 {
        let ttl = (number % 3 > 0).then_some(Duration::from_secs(60));
        texts.set_with(number, "x".into(), outside(ttl)).await.map_err(words)?;
    }
    equal("how many went", storage.purge().await.map_err(words)?, 20)?;
    equal("how many went then", storage.purge().await.map_err(words)?, 0)?;
    equal("items", raw.length().map_err(words)?, 11)?; // with the token
    raw.clear().map_err(words)
}

async fn h_33_a_full_database_drops_the_oldest_and_keeps_all_tokens() -> Verdict {
    let storage = browser::storage("full");
    let texts = texts(storage.clone())?;
    texts.set(u32::MAX, "first".into()).await.map_err(words)?;
    let token = storage.tokens(&[b"%n:texts"]).await.map_err(words)?;
    let there = filled(storage.clone(), 100, 300_000).await?;
    holds((1..60).contains(&there), || format!("{there} of 100 are there"))?;
    equal("the token", storage.tokens(&[b"%n:texts"]).await.map_err(words)?, token)?;
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("full").await, true)
}

/// Some browsers give the space of small records back with the whole database only, and take their time.
async fn h_33_a_database_full_of_small_records_goes_on() -> Verdict {
    let storage = browser::storage("full");
    let texts = texts(storage.clone())?;
    for (round, length) in [20_000, 50_000].into_iter().enumerate() {
        for number in 0..500 {
            set_at_last(&texts, round as u32 * 500 + number, length).await?;
        }
        // The database may have been made anew while the last one was written: its tokens went, too.
        let mut found = None;
        for _ in 0..2 {
            set_at_last(&texts, 7, length).await?;
            found = found.or(texts.get(&7).await.map_err(words)?);
        }
        equal("whether the text is there", found == Some(text(7, length)), true)?;
    }
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("full").await, true)
}

async fn h_33_many_writers_of_a_full_database_go_on() -> Verdict {
    let storage = browser::storage("full");
    let texts = texts(storage.clone())?;
    for round in 0..10_u32 {
        let texts = &texts;
        let set = |number| {
            let set = set_at_last(texts, round * 40 + number, 50_000);
            Box::pin(set) as cachefn_core::BoxFuture<'_, Verdict>
        };
        let ends = cachefn_conformance::interleaved(round.into(), (0..40).map(set).collect()).await;
        ends.into_iter().collect::<Verdict>()?;
    }
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("full").await, true)
}

/// Sets a text, again and again while the storage says that it may be taken later.
async fn set_at_last(texts: &Texts, number: u32, length: usize) -> Verdict {
    for _ in 0..MOST_TURNS {
        match texts.set_with(number, text(number, length), outside(None)).await {
            Err(error) if error.is_retryable() => browser::turn().await,
            end => return end.map_err(words),
        }
    }
    Err(format!("{number} was refused {MOST_TURNS} times"))
}

async fn h_33_a_record_without_room_is_unavailable() -> Verdict {
    let storage = browser::storage("full");
    let texts = texts(storage.clone())?;
    texts.set(1, "older".into()).await.map_err(words)?;
    let error = texts.set(1, text(1, 30_000_000)).await.err().ok_or("it found room")?;
    equal("whether one may try again", error.is_retryable(), true)?;
    if let Ok(found) = storage.get(b"texts:1").await {
        equal("the older record", found, None)?; // unless it rests
    }
    let value = texts.get_or_fetch(&2, || async { text(2, 30_000_000) }).await;
    equal("the length of the value", value.len(), 30_000_000)?;
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("full").await, true)
}

/// Of a millisecond and more each.
const MOST_TURNS: u32 = 5_000;
