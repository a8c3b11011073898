//! What goes wrong goes wrong as it was asked for, and as it was drawn.

use std::sync::Mutex;

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage, interleaved, yield_now};
use cachefn_core::{BoxFuture, Error, ErrorKind, Keep, Storage, Token};

type Kinds = Vec<Option<ErrorKind>>;

/// How 400 calls ended, and what the storage holds then.
fn run(seed: u64, faults: Faults) -> (Kinds, usize) {
    let map = MapStorage::new();
    let chaos = Chaos::new(map.clone(), seed).with(faults);
    let kinds = pollster::block_on(async {
        let mut kinds = Vec::new();
        for number in 0..400u16 {
            let name = number.to_le_bytes();
            let set = chaos.set(&name, Bytes::from_static(b"record"), keep()).await;
            kinds.push(set.err().map(|error| error.kind()));
        }
        kinds
    });
    (kinds, map.len())
}

fn keep() -> Keep<'static> {
    Keep::default()
}

#[test]
fn a_seed_draws_the_same_faults_again() {
    let faults = Faults::none().errors(0.3).lost_answers(0.3);
    assert_eq!(run(7, faults), run(7, faults));
    assert_ne!(run(7, faults), run(8, faults));
}

#[test]
fn an_error_reaches_nobody_and_a_lost_answer_was_carried_out() {
    let count = |kinds: &Kinds, kind| kinds.iter().filter(|other| **other == Some(kind)).count();
    let (kinds, held) = run(7, Faults::none().errors(0.25));
    let failed = count(&kinds, ErrorKind::Unavailable);
    assert!((60..140).contains(&failed), "{failed} of 400");
    assert_eq!(held, 400 - failed);
    let (kinds, held) = run(7, Faults::none().lost_answers(0.25));
    let failed = count(&kinds, ErrorKind::Timeout);
    assert!((60..140).contains(&failed), "{failed} of 400");
    assert_eq!(held, 400);
}

#[test]
fn what_is_torn_differs_and_what_is_not_is_whole() {
    let map = MapStorage::new();
    let chaos = Chaos::new(map.clone(), 7);
    let record = Bytes::from_static(b"sixteen bytes...");
    pollster::block_on(async {
        chaos.inject(Faults::none().torn_writes(0.5));
        for number in 0..100u8 {
            chaos.set(&[number], record.clone(), keep()).await?;
        }
        let mut torn = 0;
        for number in 0..100u8 {
            torn += usize::from(map.get(&[number]).await?.is_none_or(|kept| kept.record != record));
        }
        assert!((30..70).contains(&torn), "{torn} of 100");

        chaos.inject(Faults::none());
        chaos.set(b"name", record.clone(), keep()).await?;
        chaos.replace_tokens(&[(b"token", Token([7; 16]))]).await?;
        chaos.inject(Faults::none().torn_reads(1.0));
        for _ in 0..100 {
            let read = chaos.get_many(&[b"name"]).await?.remove(0).map(|found| found.record);
            assert!(read.is_some_and(|read| read != record));
            assert_ne!(chaos.tokens(&[b"token"]).await?, [Some(Token([7; 16]))]);
        }
        chaos.inject(Faults::none());
        assert_eq!(chaos.get(b"name").await?.map(|found| found.record), Some(record.clone()));
        assert_eq!(chaos.tokens(&[b"token"]).await?, [Some(Token([7; 16]))]);
        Ok::<(), Error>(())
    })
    .unwrap();
}

#[test]
fn a_damaged_record_that_is_kept_is_deleted_if_unchanged() {
    let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::none().torn_writes(1.0));
    pollster::block_on(async {
        chaos.set(b"name", Bytes::from_static(b"record"), keep()).await?;
        let damaged = chaos.get(b"name").await?.map(|found| found.record).unwrap_or_default();
        assert!(!chaos.delete_if(b"name", b"record").await?);
        assert!(chaos.delete_if(b"name", &damaged).await?);
        Ok::<(), Error>(())
    })
    .unwrap();
}

#[test]
fn who_waits_for_a_frozen_storage_goes_on_with_a_thaw() {
    for seed in 0..20 {
        let chaos = Chaos::new(MapStorage::new(), seed).with(Faults::frozen());
        let order = Mutex::new(Vec::new());
        let mut tasks: Vec<BoxFuture<'_, ()>> = Vec::new();
        for number in 0..4u8 {
            let (chaos, order) = (chaos.clone(), &order);
            tasks.push(Box::pin(async move {
                chaos.set(&[number], Bytes::new(), keep()).await.unwrap();
                order.lock().unwrap().push("set");
            }));
        }
        tasks.push(Box::pin(async {
            for _ in 0..50 {
                yield_now().await;
            }
            order.lock().unwrap().push("thaw");
            chaos.inject(Faults::none());
        }));
        pollster::block_on(interleaved(seed, tasks));
        assert_eq!(order.into_inner().unwrap(), ["thaw", "set", "set", "set", "set"]);
        assert_eq!(chaos.calls().set, 4);
    }
}

#[test]
fn every_method_is_counted_once_and_asks_the_storage_once() {
    let inner = Chaos::new(MapStorage::new(), 1);
    let outer = Chaos::new(inner.clone(), 2);
    pollster::block_on(async {
        let names: &[&[u8]] = &[b"one", b"two", b"three"];
        outer.get(b"one").await?;
        outer.set(b"one", Bytes::new(), keep()).await?;
        outer.delete(b"one").await?;
        outer.get_many(names).await?;
        outer.set_many(vec![]).await?;
        outer.delete_many(names).await?;
        outer.delete_if(b"one", b"").await?;
        outer.tokens(names).await?;
        outer.create_tokens(&[(b"token", Token([7; 16]))]).await?;
        outer.replace_tokens(&[(b"token", Token([8; 16]))]).await?;
        outer.scan(b"", b"", 10).await?;
        outer.flush().await?;
        outer.purge().await?;
        outer.close().await
    })
    .unwrap();
    assert_eq!(outer.calls(), inner.calls());
    assert_eq!(outer.calls().total(), 14);
    let calls = format!("{:?}", outer.calls());
    assert_eq!(calls.matches(": 1").count(), 14, "{calls}");
}
