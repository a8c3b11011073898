//! What the guide says beside its blocks.

use std::future::Future;
use std::pin::pin;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Waker};
use std::time::Duration;

use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{
    Cache, EntryOptions, ErrorKind, ManualClock, NamedCache, Postcard, Storage, Tier, cachefn,
};
use pollster::block_on;

fn over(name: &str, storage: impl Storage) -> Cache<String, u32> {
    Cache::builder(name).storage(storage).codec(Postcard).build().unwrap()
}

#[test]
fn h_10_a_failure_is_each_callers_own_but_never_two_run_at_a_time() {
    let cache = Cache::<u32, u32>::builder("failures").build().unwrap();
    let (runs, running, gate) = (AtomicU32::new(0), AtomicU32::new(0), Barrier::new(8));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                gate.wait();
                let fetch = || async {
                    runs.fetch_add(1, Relaxed);
                    assert_eq!(running.fetch_add(1, Relaxed), 0);
                    std::thread::yield_now();
                    running.fetch_sub(1, Relaxed);
                    Err::<u32, _>("down")
                };
                assert_eq!(block_on(cache.get_or_fetch(&1, fetch)), Err("down"));
            });
        }
    });
    assert_eq!(runs.load(Relaxed), 8);
}

#[test]
fn s_05_a_manual_clock_that_was_not_set_takes_records_of_today_for_the_future() {
    block_on(async {
        let storage = MapStorage::new();
        over("n", storage.clone()).set("a".into(), 1).await.unwrap();
        let clock = ManualClock::new();
        let builder = Cache::<String, u32>::builder("n").storage(storage).codec(Postcard);
        let cache = builder.clock(clock.clone()).build().unwrap();
        assert_eq!((cache.get("a").await.unwrap(), cache.stats().skewed), (None, 1));
        clock.advance(std::time::UNIX_EPOCH.elapsed().unwrap());
        assert_eq!(cache.get("a").await.unwrap(), Some(1));
    });
}

#[test]
fn s_03_a_ttl_of_zero_is_shared_with_those_who_wait_and_not_stored() {
    block_on(async {
        let cache = Cache::<u32, u32>::builder("n").ttl(Duration::ZERO).build().unwrap();
        assert_eq!(cache.get_or_fetch(&1, || async { 7 }).await, 7);
        assert_eq!((cache.get(&1).await.unwrap(), cache.len()), (None, 0));
    });
}

#[test]
fn s_28_tags_belong_to_the_name_up_to_a_slash() {
    block_on(async {
        let storage = MapStorage::new();
        let names = ["shop/users", "shop/pages", "shop", "shop-2"];
        for name in names {
            let options = EntryOptions::new().tag("t");
            over(name, storage.clone()).set_with("a".into(), 1, options).await.unwrap();
        }
        over("shop/users", storage.clone()).invalidate_by_tag("t").await.unwrap();
        let mut found = Vec::new();
        for name in names {
            found.push(over(name, storage.clone()).get("a").await.unwrap());
        }
        assert_eq!(found, [None, None, None, Some(1)]);
    });
}

#[test]
fn s_27_a_named_cache_invalidates_in_all_its_functions_and_one_of_these_only_in_itself() {
    #[cachefn(cache = "claims", tags = ["t"])]
    async fn one(id: u32) -> u32 {
        id
    }
    #[cachefn(cache = "claims", tags = ["t"])]
    async fn other(id: u32) -> u32 {
        id
    }
    block_on(async {
        let named = NamedCache::builder("claims").storage(MapStorage::new()).register().unwrap();
        assert_eq!((one(1).await, other(1).await), (1, 1));
        one::cache().invalidate_by_tag("t").await.unwrap();
        assert_eq!((one::cache().len(), other::cache().len()), (0, 1));
        named.invalidate_by_tag("t").await.unwrap();
        assert_eq!(other::cache().len(), 0);
    });
}

#[test]
fn s_39_caches_of_one_name_and_two_types_delete_each_others_records() {
    block_on(async {
        let storage = MapStorage::new();
        let texts = Cache::<String, String>::builder("n").storage(storage.clone()).codec(Postcard);
        over("n", storage.clone()).set("a".into(), 1).await.unwrap();
        let records = storage.len();
        assert_eq!(texts.build().unwrap().get("a").await.unwrap(), None);
        assert_eq!(storage.len(), records - 1);
    });
}

#[test]
fn s_19_a_storage_that_fails_costs_a_load_and_one_that_hangs_makes_its_caller_wait() {
    block_on(async {
        let down = over("n", Chaos::new(MapStorage::new(), 1).with(Faults::down()));
        assert_eq!(down.get_or_fetch("a", || async { 7 }).await, 7);
        assert!(down.get("b").await.is_err());
        let hangs = over("n", Chaos::new(MapStorage::new(), 1).with(Faults::frozen()));
        let waits = pin!(hangs.get_or_fetch("a", || async { 7 }));
        assert!(waits.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    });
}

#[test]
fn s_23_a_key_that_no_storage_takes_is_an_error_of_set_and_none_of_a_load() {
    block_on(async {
        let (cache, key) = (over("n", MapStorage::new()), "x".repeat(65_537));
        assert_eq!(cache.get_or_fetch(&*key, || async { 7 }).await, 7);
        assert_eq!(cache.set(key, 7).await.unwrap_err().kind(), ErrorKind::Key);
    });
}

#[test]
fn s_34_after_the_end_cached_functions_go_on_and_everything_else_fails() {
    block_on(async {
        let cache = over("n", MapStorage::new());
        cache.close().await.unwrap();
        assert_eq!(cache.get_or_fetch("a", || async { 7 }).await, 7);
        assert!(cache.set("b".into(), 1).await.is_err() && cache.clear().await.is_err());
    });
}

#[test]
fn s_12_get_returns_a_stale_value_only_where_the_cache_has_a_fetcher() {
    block_on(async {
        let minute = Duration::from_secs(60);
        let plain = || Cache::<u32, u32>::builder("n").stale_while_revalidate(minute);
        let without = plain().build().unwrap();
        without.set(1, 7).await.unwrap();
        without.expire(&1).await.unwrap();
        assert_eq!(without.get(&1).await.unwrap(), None);

        let with = plain().fetcher(|_| async {
            yield_once().await;
            8
        });
        let with = with.build().unwrap();
        with.set(1, 7).await.unwrap();
        with.expire(&1).await.unwrap();
        let mut first = pin!(with.get(&1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert_eq!(with.get(&1).await.unwrap(), Some(7)); // while the first one fetches
        assert_eq!(first.await.unwrap(), Some(8));
    });
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[test]
fn s_37_a_write_to_memory_alone_leaves_the_older_record_where_it_is() {
    block_on(async {
        let (minute, clock) = (Duration::from_secs(60), ManualClock::new());
        let builder = Cache::<u32, u32>::builder("n").storage(MapStorage::new()).codec(Postcard);
        let cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 10).await.unwrap();
        let memory = EntryOptions::new().tier(Tier::Memory).ttl(minute);
        cache.set_with(1, 11, memory).await.unwrap();
        assert_eq!(cache.get(&1).await.unwrap(), Some(11));
        clock.advance(minute);
        assert_eq!(cache.get(&1).await.unwrap(), Some(10));
    });
}
