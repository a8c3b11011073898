//! Caches of two processes over one Redis.

use std::time::Duration;

use cachefn_conformance::{Options, check};
use cachefn_core::{Cache, Error, Glob, Mode};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::TokioRuntime;
use tokio::sync::oneshot;

use crate::support::*;

/// Every change of key 1, which is there with the tag `t`, and what is there then.
const CHANGES: [(&str, Option<u32>); 12] = [
    ("set", Some(2)),
    ("set_with", Some(2)),
    ("set_many", Some(2)),
    ("update", Some(2)),
    ("delete", None),
    ("delete_many", None),
    ("expire", None),
    ("tag", None),
    ("tags", None),
    ("tag, expiring", None),
    ("pattern", None),
    ("clear", None),
];

async fn two(way: Way, redis: &Server) -> (Process, Process) {
    (Process::start(way, &redis.url()).await, Process::start(way, &redis.url()).await)
}

async fn change(how: &str, cache: &Cache<u32, u32>) -> Result<(), Error> {
    match how {
        "set" => cache.set(1, 2).await,
        "set_with" => cache.set_with(1, 2, tagged("u")).await,
        "set_many" => cache.set_many([(1, 2), (7, 7)]).await,
        "update" => cache.update(1, |old| old.map(|old| old + 1)).await.map(drop),
        "delete" => cache.delete(&1).await.map(drop),
        "delete_many" => cache.delete_many(&[1, 7]).await.map(drop),
        "expire" => cache.expire(&1).await.map(drop),
        "tag" => cache.invalidate_by_tag("t").await,
        "tags" => cache.invalidate_by_tags(["s", "t"]).await,
        "tag, expiring" => cache.invalidate_by_tag_with("t", Mode::Expire).await,
        "pattern" => cache.invalidate_by_pattern(&Glob::new("1").unwrap()).await.map(drop),
        "clear" => cache.clear().await,
        _ => unreachable!("{how}"),
    }
}

#[tokio::test]
async fn h_38_every_change_reaches_the_memory_of_another_process_and_of_another_cache_of_this_one()
{
    let redis = Server::start();
    for way in Way::ALL {
        let (one, other) = two(way, &redis).await;
        for (how, expected) in CHANGES {
            let name = format!("{way:?} {how}");
            let (changing, same) = (one.cache(&name).await, one.cache(&name).await);
            let hearing = other.cache(&name).await;
            changing.set_with(1, 1, tagged("t")).await.unwrap();
            for cache in [&same, &hearing] {
                until("it is there", async || cache.get(&1).await == Ok(Some(1))).await;
            }
            change(how, &changing).await.unwrap();
            for cache in [&same, &hearing] {
                until(&name, async || cache.get(&1).await == Ok(expected)).await;
            }
            assert_eq!(changing.get(&1).await, Ok(expected), "{name}");
        }
    }
}

#[tokio::test]
async fn h_38_own_changes_and_loads_do_not_evict_own_fresh_entries() {
    let redis = Server::start();
    for way in Way::ALL {
        let other = Process::start(way, &redis.url()).await;
        let several = Redis::builder(redis.url()).connections(3);
        let one = Process::over(way, several.connect().await.unwrap());
        let (cache, marks) = (one.cache("own").await, other.cache("marks").await);
        let ear = Ear::on(&one.bus()).await;
        for round in 1..20 {
            cache.set_with(1, round, tagged("t")).await.unwrap();
            cache.set_many([(2, round), (3, round)]).await.unwrap();
            cache.update(2, |old| old).await.unwrap();
            cache.delete(&4).await.unwrap();
            let loaded = cache.get_or_fetch_with(&4, tagged("t"), |_| async { round });
            assert_eq!(loaded.await, round);
            // What another process says after that is heard after that.
            marks.set(round, round).await.unwrap();
            until("the mark", async || ear.told_of("marks", &round.to_string())).await;
            assert_eq!(cache.len(), 4, "{way:?}, round {round}");
        }
        assert_eq!(cache.stats().hits, 0, "nothing was read to make it so");
        let plain = other.builder("own").build().unwrap();
        assert_eq!(plain.get(&4).await, Ok(Some(19)), "{way:?}: the record stays");
    }
}

#[tokio::test]
async fn h_12_a_load_that_another_process_overtakes_is_stored_nowhere() {
    let redis = Server::start();
    for way in Way::ALL {
        let (one, other) = two(way, &redis).await;
        for (how, there) in [("delete", None), ("set", Some(2)), ("tag", None), ("clear", None)] {
            let name = format!("{way:?} {how}");
            let (changing, loading) = (one.cache(&name).await, other.cache(&name).await);
            let ear = Ear::on(&other.bus()).await;
            let (begun, has_begun) = oneshot::channel();
            let (end, is_over) = oneshot::channel::<()>();
            let own = loading.clone();
            let load = tokio::spawn(async move {
                let fetch = |_| async {
                    begun.send(()).unwrap();
                    is_over.await.unwrap();
                    1
                };
                own.get_or_fetch_with(&1, tagged("t"), fetch).await
            });
            has_begun.await.unwrap();
            // Of a key that is not there: nothing in Redis tells of it.
            change(how, &changing).await.unwrap();
            until("it is heard", async || !ear.messages().is_empty()).await;
            end.send(()).unwrap();
            assert_eq!(load.await.unwrap(), 1, "{name}");
            assert_eq!(loading.get(&1).await, Ok(there), "{name}");
            assert_eq!(changing.get(&1).await, Ok(there), "{name}");
        }
    }
}

#[tokio::test]
async fn s_30_lives_of_tags_that_others_lengthen_evict_nothing() {
    let redis = Server::start();
    for way in Way::ALL {
        let (one, other) = two(way, &redis).await;
        let (writing, reading) = (one.cache("lives").await, other.cache("lives").await);
        let ear = Ear::on(&other.bus()).await;
        let hours = |hours: u64| tagged("t").ttl(Duration::from_secs(hours * 3_600));
        writing.set_with(1, 1, hours(1)).await.unwrap();
        // What is set is told of by its process and by the server: after the mark both were heard.
        writing.set(3, 3).await.unwrap();
        until("the mark", async || ear.told_of("lives", "3")).await;
        assert_eq!(reading.get(&1).await, Ok(Some(1)));
        for longer in 2..20 {
            writing.set_with(2, 2, hours(longer)).await.unwrap();
            ear.take();
            writing.set(3, 3).await.unwrap();
            until("the mark", async || ear.told_of("lives", "3")).await;
            assert_eq!(reading.len(), 1, "{way:?}: the tag was not invalidated");
        }
        writing.invalidate_by_tag("t").await.unwrap();
        until("it was", async || reading.len() == 0).await;
    }
}

#[tokio::test]
async fn what_knows_its_own_changes_again_is_a_storage_like_any_other() {
    let redis = Server::start();
    let url = redis.url();
    let open = |place: u32| {
        let builder = Redis::builder(url.as_str()).prefix(format!("place-{place}"));
        async move { Ok(builder.connect().await?.tracking(TokioRuntime::current()?).storage()) }
    };
    check(open, Options::new()).await.assert();
}
