//! Functions in named caches.

use crate::*;
use cachefn_conformance::MapStorage;
use cachefn_core::{
    Cache, ErrorKind, ManualClock, NamedCache, Storage, Warming, cachefn, with_cache,
    with_cache_async,
};
use pollster::block_on;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A cache of that name over this storage, known to nobody.
fn over(name: &str, storage: &MapStorage) -> NamedCache {
    NamedCache::builder(name).storage(storage.clone()).build().unwrap()
}

/// The names of all entries in a storage.
fn names(storage: &MapStorage) -> Vec<String> {
    let page = block_on(storage.scan(b"", b"", 1_000)).unwrap();
    let names = page.names.into_iter().map(|name| String::from_utf8(name.to_vec()).unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('%')).collect();
    names.sort();
    names
}

#[test]
fn s_23_a_function_without_a_key_has_its_own_place_in_the_storage() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "places", id = "one", version = 3)]
    async fn one(id: u64, name: &str) -> String {
        RUNS.tick();
        format!("one {id} {name}")
    }
    #[cachefn(cache = "places")]
    async fn other(id: u64, name: &str) -> String {
        RUNS.tick();
        format!("other {id} {name}")
    }
    let storage = MapStorage::new();
    for _ in 0..2 {
        // A new cache over the same storage is what a restarted process has.
        block_on(with_cache_async("places", &over("places", &storage), async {
            assert_eq!(one(7, "eu").await, "one 7 eu");
            assert_eq!(other(7, "eu").await, "other 7 eu");
        }));
    }
    assert_eq!(RUNS.count(), 2);
    let own = module_path!().replace(':', "%3A");
    let function = "s_23_a_function_without_a_key_has_its_own_place_in_the_storage";
    assert_eq!(
        names(&storage),
        [
            format!("places/{own}%3A%3A{function}%3A%3Aother:7,\"eu\""),
            "places/one@3:7,\"eu\"".to_owned(),
        ]
    );
}

#[test]
fn s_23_functions_with_keys_share_the_entries_of_their_cache() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "shared", key = "user:{id}")]
    async fn asked(id: u64) -> String {
        RUNS.tick();
        format!("user {id}")
    }
    #[cachefn(cache = "shared", key = "user:{id}")]
    fn needed(id: u32) -> String {
        RUNS.tick();
        format!("user {id}")
    }
    let storage = MapStorage::new();
    let cache = over("shared", &storage);
    with_cache("shared", &cache, || {
        assert_eq!(
            (block_on(asked(7)), needed(7), needed(8)),
            ("user 7".into(), "user 7".into(), "user 8".into())
        );
        assert_eq!(block_on(asked(8)), "user 8");
    });
    assert_eq!(RUNS.count(), 2);
    let by_hand = cache.cache::<String, String>().unwrap();
    assert_eq!(block_on(by_hand.get("user:7")).unwrap().as_deref(), Some("user 7"));
    assert_eq!(names(&storage), ["shared:user:7", "shared:user:8"]);
}

#[test]
fn h_01_functions_of_one_name_in_two_places_share_nothing() {
    mod left {
        #[cachefn_core::cachefn(cache = "twins")]
        pub(super) fn name(id: u8) -> String {
            format!("left {id}")
        }
    }
    mod right {
        #[cachefn_core::cachefn(cache = "twins")]
        pub(super) fn name(id: u8) -> String {
            format!("right {id}")
        }
    }
    fn inside() -> String {
        #[cachefn(cache = "twins")]
        fn name(id: u8) -> String {
            format!("inside {id}")
        }
        name(1)
    }
    let storage = MapStorage::new();
    with_cache("twins", &over("twins", &storage), || {
        assert_eq!(
            (left::name(1), right::name(1), inside()),
            ("left 1".into(), "right 1".into(), "inside 1".into())
        );
    });
    assert_eq!(names(&storage).len(), 3);
}

#[test]
fn h_01_two_functions_with_one_id_are_refused_with_their_places() {
    #[cachefn(cache = "ids", id = "same")]
    fn one(id: u8) -> u8 {
        id
    }
    #[cachefn(cache = "ids", id = "same")]
    fn other(id: u8) -> u8 {
        id + 1
    }
    let cache = NamedCache::builder("ids").build().unwrap();
    let text = with_cache("ids", &cache, || {
        assert_eq!(one(1), 1);
        panic_of(|| other(1))
    });
    assert!(
        text.starts_with("cache: two functions have the name ids/same in a storage, "),
        "{text}"
    );
    assert_eq!(text.matches("named.rs:").count(), 2, "{text}");
}

#[test]
fn h_02_another_type_of_value_under_the_same_keys_is_refused_and_both_are_named() {
    #[cachefn(cache = "types", key = "{id}")]
    fn number(id: u8) -> u64 {
        u64::from(id)
    }
    #[cachefn(cache = "types", key = "{id}")]
    async fn text(id: u8) -> String {
        id.to_string()
    }
    let cache = NamedCache::builder("types").build().unwrap();
    let fault = with_cache("types", &cache, || {
        assert_eq!(number(1), 1);
        panic_of(|| block_on(text(1)))
    });
    assert_eq!(
        fault,
        "cache: the entries of types are values of u64 by alloc::string::String, and not of \
         alloc::string::String by alloc::string::String; put one of the two into another named cache"
    );
    let place = with_cache("types", &cache, || file_of_panic(|| block_on(text(1))));
    assert!(place.ends_with("named.rs"), "{place}");
    let error = cache.cache::<String, String>().unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Config, fault));
}

#[test]
fn h_39_an_unknown_name_is_told_once_and_works_in_memory_until_it_is_registered() {
    static RUNS: Runs = Runs::new();
    #[cachefn(
        cache = "later",
        max_entries = 1,
        ttl = "5m",
        refresh_after = 0.5,
        load_timeout = "1s"
    )]
    async fn asked(id: u64) -> u64 {
        RUNS.tick();
        id
    }
    #[cachefn(cache = "later")]
    fn needed(id: u64) -> u64 {
        id
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let hear = || {
        let told = told.clone();
        NamedCache::subscribe(move |event| {
            let name = event.key.clone().filter(|name| name == "later");
            told.lock().unwrap().extend(name.map(|name| (event.kind.as_str(), name)));
        })
    };
    assert_eq!(block_on(async { (asked(1).await, asked(1).await, needed(1)) }), (1, 1, 1));
    let subscription = hear();
    assert_eq!(block_on(async { (asked(2).await, needed(2)) }), (2, 2));
    assert_eq!(*told.lock().unwrap(), [("error", "later".to_owned())]);
    assert_eq!((asked::cache().len(), RUNS.count()), (1, 2), "the attribute's limit holds");
    drop(subscription);
    drop(hear());
    assert_eq!(told.lock().unwrap().len(), 2, "who listens later hears of it, too");

    let storage = MapStorage::new();
    NamedCache::builder("later").storage(storage.clone()).runtime(Threads).register().unwrap();
    assert_eq!((block_on(asked(1)), RUNS.count()), (1, 3));
    assert_eq!((asked::cache().len(), names(&storage).len()), (1, 1));
    let taken = NamedCache::builder("later").register().unwrap_err();
    assert_eq!((taken.kind(), taken.operation()), (ErrorKind::Config, "register"));
}

#[test]
fn s_23_the_attribute_wins_over_the_named_cache() {
    #[cachefn(cache = "defaults")]
    fn as_the_cache(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = "defaults", ttl = "10s", max_entries = 3)]
    fn of_its_own(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = "defaults", key = "{id}", ttl = "20s")]
    fn of_each_entry(id: u64) -> u64 {
        id
    }
    let clock = ManualClock::new();
    let builder = NamedCache::builder("defaults").clock(clock.clone());
    let cache = builder.ttl(Duration::from_secs(30)).max_entries(2).build().unwrap();
    with_cache("defaults", &cache, || {
        let lengths = || {
            [as_the_cache::cache().len(), of_its_own::cache().len(), of_each_entry::cache().len()]
        };
        for id in 0..5 {
            as_the_cache(id);
            of_its_own(id);
            of_each_entry(id);
        }
        assert_eq!(lengths(), [2, 3, 2]);
        let after = |seconds| {
            clock.advance(Duration::from_secs(seconds));
            lengths()
        };
        assert_eq!([after(10), after(10), after(10)], [[2, 0, 2], [2, 0, 0], [0, 0, 0]]);
    });
}

#[test]
fn s_27_a_tag_of_a_named_cache_is_one_for_all_its_functions() {
    #[cachefn(cache = "tagged", tags = ["user:{id}"])]
    async fn name(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = "tagged", tags = ["user:{id}"])]
    fn rights(id: u64) -> u64 {
        id
    }
    let storage = MapStorage::new();
    let cache = over("tagged", &storage);
    block_on(with_cache_async("tagged", &cache, async {
        name(7).await;
        name(8).await;
        rights(7);
        cache.invalidate_by_tag("user:7").await.unwrap();
        assert_eq!((name::cache().len(), rights::cache().len()), (1, 0));
        cache.clear().await.unwrap();
        assert_eq!(name::cache().len(), 0);
    }));
    // A process that has called nothing yet reaches what others stored, too.
    with_cache("tagged", &over("tagged", &storage), || rights(7));
    block_on(over("tagged", &storage).invalidate_by_tag("user:7")).unwrap();
    let after = over("tagged", &storage);
    with_cache("tagged", &after, || {
        rights(7);
        assert_eq!(rights::cache().stats().loads, 1);
    });
}

#[test]
fn s_31_clearing_reaches_functions_that_this_process_has_not_called() {
    #[cachefn(cache = "cleared:%", key = "user:{id}")]
    fn keyed(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = "cleared:%")]
    fn plain(id: u64) -> u64 {
        id
    }
    let storage = MapStorage::new();
    with_cache("cleared:%", &over("cleared:%", &storage), || {
        for id in 0..300 {
            assert_eq!((keyed(id), plain(id)), (id, id));
        }
    });
    let other = over("cleared", &storage);
    block_on(other.cache::<String, u64>().unwrap().set("kept".to_owned(), 1)).unwrap();
    let cache = over("cleared:%", &storage);
    with_cache("cleared:%", &cache, || assert_eq!(plain(1), 1));
    block_on(cache.clear()).unwrap();
    assert_eq!(names(&storage), ["cleared:kept"]);
    with_cache("cleared:%", &cache, || {
        assert_eq!((keyed(1), plain(1)), (1, 1));
        assert_eq!((keyed::cache().stats().loads, plain::cache().stats().loads), (1, 1));
    });
}

#[test]
fn s_37_a_function_may_mean_one_tier_only() {
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "tiers", id = "memory", tier = memory)]
    fn in_memory(id: u64) -> u64 {
        RUNS.tick();
        id
    }
    #[cachefn(cache = "tiers", id = "storage", tier = storage)]
    async fn in_storage(id: u64) -> u64 {
        RUNS.tick();
        id
    }
    #[cachefn(cache = "tiers", id = "both", tier = both)]
    fn in_both(id: u64) -> u64 {
        RUNS.tick();
        id
    }
    let storage = MapStorage::new();
    with_cache("tiers", &over("tiers", &storage), || {
        for _ in 0..2 {
            in_memory(1);
            block_on(in_storage(1));
            in_both(1);
        }
        assert_eq!(RUNS.count(), 3);
        let lengths =
            [in_memory::cache(), in_storage::cache(), in_both::cache()].map(|cache| cache.len());
        assert_eq!(lengths, [1, 0, 1]);
        assert_eq!(names(&storage), ["tiers/both:1", "tiers/storage:1"]);
        in_memory::refresh(1);
        block_on(in_storage::refresh(1));
        assert_eq!((names(&storage).len(), in_storage::cache().len()), (2, 0));
        assert_eq!(in_both::warm([1, 2]) + block_on(in_storage::warm([1, 2], Warming::new(2))), 2);
    });
}

#[test]
fn a_swap_is_for_its_thread_and_ends_though_the_test_panics() {
    #[cachefn(cache = "swapped")]
    fn counted(id: u64) -> u64 {
        id
    }
    let (outer, inner) = (|| NamedCache::builder("swapped").build().unwrap(), "inner");
    let (first, second) = (outer(), outer());
    let caught = catch_unwind(AssertUnwindSafe(|| {
        with_cache("swapped", &first, || {
            counted(1);
            with_cache("swapped", &second, || {
                assert_eq!(counted::cache().len(), 0, "the latest holds");
                let elsewhere = std::thread::scope(|scope| {
                    scope.spawn(|| counted::cache().len()).join().unwrap()
                });
                assert_eq!(elsewhere, 0);
                counted(2);
            });
            assert_eq!(counted::cache().len(), 1);
            panic!("{inner}")
        })
    }));
    assert!(caught.is_err());
    assert_eq!(counted::cache().len(), 0, "nothing is swapped any more");
    with_cache("swapped", &second, || assert_eq!(counted::cache().stats().loads, 1));
}

#[test]
fn a_swap_follows_a_future_through_threads_and_not_into_others() {
    #[cachefn(cache = "followed")]
    async fn counted(id: u64) -> u64 {
        pause().await;
        id
    }
    let cache = NamedCache::builder("followed").build().unwrap();
    let other = NamedCache::builder("followed").build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let task = |cache: NamedCache, id: u64| {
        runtime.spawn(async move {
            with_cache_async("followed", &cache, async {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                    assert_eq!(counted(id).await, id);
                }
            })
            .await;
        })
    };
    let tasks = [task(cache.clone(), 1), task(other.clone(), 2), task(cache.clone(), 3)];
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
    let size = |cache: &NamedCache| with_cache("followed", cache, || counted::cache().len());
    assert_eq!((size(&cache), size(&other)), (2, 1));
}

#[test]
fn h_40_a_hit_in_a_named_cache_allocates_nothing() {
    #[cachefn(cache = "cheap", tags = ["area:{area}"])]
    fn permissions(area: &str, id: u32) -> u64 {
        area.len() as u64 + u64::from(id)
    }
    NamedCache::builder("cheap").storage(MapStorage::new()).register().unwrap();
    let cache: Cache<(String, u32), u64> = permissions::cache();
    assert_eq!((permissions("europe", 7), cache.len()), (13, 1));
    assert_eq!(allocations(|| assert_eq!(permissions("europe", 7), 13)), 0);
}

struct Shop {
    city: String,
}

impl Shop {
    #[cachefn(cache = "shops", key = "{self.city}/{id}")]
    async fn price(&self, id: u64) -> Result<u64, String> {
        Ok(id * self.city.len() as u64)
    }

    #[cachefn(cache = "shops", id = "open")]
    fn open(city: &str) -> Option<Box<str>> {
        Self { city: city.to_owned() }.city.into_boxed_str().into()
    }
}

trait Prices {
    fn price_of(&self, id: u64) -> u64;
}

impl Prices for Shop {
    #[cachefn(trait, cache = "prices", key = "{self.city}/{id}")]
    fn price_of(&self, id: u64) -> u64 {
        id + 1
    }
}

#[test]
fn h_40_methods_are_in_named_caches_too() {
    let storage = MapStorage::new();
    let shop = Shop { city: "Rome".to_owned() };
    with_cache("shops", &over("shops", &storage), || {
        assert_eq!((block_on(shop.price(2)), Shop::open("Rome")), (Ok(8), Some("Rome".into())));
        assert_eq!(Shop::price_cache().len(), 1);
    });
    assert_eq!(names(&storage), ["shops/open:\"Rome\"", "shops:Rome/2"]);
    with_cache("prices", &over("prices", &storage), || assert_eq!(shop.price_of(3), 4));
    assert_eq!(names(&storage).len(), 3);
}
