//! What a cache has counted, as it is told.

use std::sync::Arc;

use cachefn::telemetry::{Observations, observe};
use cachefn::{Cache, Error, MemoryCache, NamedCache, Postcard, cachefn, with_cache};
use cachefn_conformance::{Chaos, Faults, MapStorage};
use metrics::{set_default_local_recorder, with_local_recorder};

use crate::scraped::{Scraped, exporter};

const L1: &str = r#"service="users",layer="l1",operation="get",result="#;

fn requests(page: &Scraped, labels: &str, result: &str) -> Option<f64> {
    page.value("cache_requests_total", &format!("{labels}\"{result}\""))
}

#[test]
fn reports_add_what_has_come_since_the_last_one() {
    let exporter = exporter();
    with_local_recorder(&exporter, || {
        let users = MemoryCache::<u64, u64>::builder().max_entries(2).build().unwrap();
        let users = Arc::new(users);
        let observation = observe(&users, "users");
        for key in 0..3 {
            users.set(key, key).unwrap();
        }
        users.get(&2);
        users.get(&77);
        observation.report();
        users.get(&2);
        observation.report();
        observation.report();
    });
    let page = Scraped::read(&exporter.handle().render());
    assert_eq!(requests(&page, L1, "hit"), Some(2.0));
    assert_eq!(requests(&page, L1, "miss"), Some(1.0));
    assert_eq!(page.value("cache_entries", r#"service="users""#), Some(2.0));
    let evicted = r#"service="users",cause="evicted""#;
    assert_eq!(page.value("cache_evictions_total", evicted), Some(1.0));
}

#[test]
fn a_reset_of_the_counts_takes_nothing_from_what_was_told() {
    let exporter = exporter();
    with_local_recorder(&exporter, || {
        let users = Arc::new(MemoryCache::<u64, u64>::builder().build().unwrap());
        let observation = observe(&users, "users");
        users.set(1, 1).unwrap();
        assert_eq!((0..5).filter_map(|_| users.get(&1)).sum::<u64>(), 5);
        observation.report();
        users.reset_stats();
        users.get(&1);
        observation.report();
    });
    let page = Scraped::read(&exporter.handle().render());
    assert_eq!(requests(&page, L1, "hit"), Some(6.0));
}

#[tokio::test]
async fn s_41_a_value_that_only_the_storage_has_is_a_miss_of_memory_and_a_hit_of_the_storage() {
    let exporter = exporter();
    let _recorder = set_default_local_recorder(&exporter);
    let map = MapStorage::new();
    let chaos = Chaos::new(map.clone(), 7);
    let open = |storage| {
        Cache::<u64, u64>::builder("users").storage(storage).codec(Postcard).build().unwrap()
    };
    open(Chaos::new(map, 7)).set(1, 1).await.unwrap();

    let users = open(chaos.clone());
    let observation = observe(&users, "users");
    assert_eq!(users.get(&1).await, Ok(Some(1)));
    assert_eq!(users.get(&1).await, Ok(Some(1)));
    assert_eq!(users.get(&2).await, Ok(None));
    chaos.inject(Faults::down());
    assert_eq!(users.get_or_fetch(&3, async || 3).await, 3);
    observation.report();
    drop(observation);

    let page = Scraped::read(&exporter.handle().render());
    let l2 = L1.replace("l1", "l2");
    assert_eq!([requests(&page, L1, "hit"), requests(&page, L1, "miss")], [Some(1.0), Some(3.0)]);
    assert_eq!([requests(&page, &l2, "hit"), requests(&page, &l2, "miss")], [Some(1.0); 2]);
    let failed = page.value("cache_failures_total", r#"service="users",cause="storage-failed""#);
    assert!(failed >= Some(1.0), "{failed:?}");
    assert_eq!(page.value("cache_flights_total", r#"service="users",result="ok""#), Some(1.0));
}

#[cachefn(cache = "telemetry-users", key = "user:{id}")]
fn name(id: u64) -> String {
    format!("user {id}")
}

#[cachefn(cache = "telemetry-users")]
fn age(id: u64) -> u64 {
    id * 7
}

#[test]
fn a_named_cache_is_told_as_the_sum_of_its_functions() -> Result<(), Error> {
    let exporter = exporter();
    let users = NamedCache::builder("telemetry-users").build()?;
    with_local_recorder(&exporter, || {
        let observations = Observations::default();
        observations.add(observe(&users, "users"));
        with_cache("telemetry-users", &users, || (name(7), name(7), age(7), age(7)));
        observations.report();
    });
    let page = Scraped::read(&exporter.handle().render());
    assert_eq!(requests(&page, L1, "hit"), Some(2.0));
    assert_eq!(page.value("cache_entries", r#"service="users""#), Some(2.0));
    Ok(())
}

#[test]
fn a_service_that_is_observed_again_takes_the_place_of_the_one_before() -> Result<(), Error> {
    let cache = || Cache::<u64, u64>::builder("users").build();
    let observations = Observations::default();
    observations.add(observe(&cache()?, "users"));
    observations.add(observe(&cache()?, "pages"));
    observations.add(observe(&cache()?, "users"));
    assert_eq!(observations.services(), ["pages", "users"]);
    assert!(observations.remove("pages") && !observations.remove("pages"));
    Ok(())
}
