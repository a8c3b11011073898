//! With Sentinel and on a Cluster: any server may end, and another one take its place.

use cachefn_core::Notice;
use cachefn_redis::Redis;
use cachefn_servers::{Cluster, Sentinels};

use crate::support::*;

async fn with_sentinels(way: Way, sentinels: &Sentinels) -> Process {
    let builder = Redis::sentinel(sentinels.urls(), sentinels.master_name());
    Process::over(way, builder.connect().await.unwrap())
}

async fn on_cluster(way: Way, cluster: &Cluster) -> Process {
    Process::over(way, Redis::cluster(cluster.urls()).connect().await.unwrap())
}

/// Changes that one process makes arrive at the other one.
async fn they_hear_each_other(one: &Process, other: &Process, name: &str) {
    let (changing, hearing) = (one.cache(name).await, other.cache(name).await);
    for key in 0..20 {
        let written = async || changing.set_with(key, 1, tagged("t")).await.is_ok();
        until("it is written", written).await;
    }
    for key in 0..10 {
        changing.set(key, 2).await.unwrap();
    }
    for key in 0..20 {
        let expected = Some(if key < 10 { 2 } else { 1 });
        until("it is heard", async || hearing.get(&key).await == Ok(expected)).await;
    }
    changing.invalidate_by_tag("t").await.unwrap();
    for key in 0..20 {
        let expected = (key < 10).then_some(2);
        until("the tag is heard", async || hearing.get(&key).await == Ok(expected)).await;
    }
    changing.clear().await.unwrap();
    until("everything is heard", async || hearing.len() == 0).await;
    assert_eq!(changing.len(), 0);
}

#[tokio::test]
async fn h_35_a_failover_of_sentinels_is_noticed_and_the_new_master_heard() {
    let sentinels = Sentinels::start();
    for way in Way::ALL {
        let one = with_sentinels(way, &sentinels).await;
        let other = with_sentinels(way, &sentinels).await;
        they_hear_each_other(&one, &other, "before").await;
        let ear = Ear::on(&other.bus()).await;
        // The old master lives on, and nobody ends the connection to it but those who look.
        sentinels.fail_over();
        until("it is lost and back", async || ear.was_lost_and_restored()).await;
        they_hear_each_other(&one, &other, "between").await;
        sentinels.wait_until_complete();
        ear.take();
        let port = sentinels.master().port();
        let old = sentinels.kill_master();
        until("it is lost", async || ear.has(&Notice::Lost)).await;
        sentinels.wait_for_failover(port);
        until("it is back", async || ear.was_lost_and_restored()).await;
        they_hear_each_other(&one, &other, "after").await;
        old.restart();
        sentinels.wait_until_complete();
    }
}

#[tokio::test]
async fn h_35_any_node_of_a_cluster_may_end_and_be_replaced() {
    let cluster = Cluster::start();
    for way in Way::ALL {
        let one = on_cluster(way, &cluster).await;
        let other = on_cluster(way, &cluster).await;
        they_hear_each_other(&one, &other, "before").await;
        let ears = [Ear::on(&one.bus()).await, Ear::on(&other.bus()).await];
        let owner = cluster.owner("cachefn:bus").unwrap();
        cluster.kill(owner);
        cluster.wait_until_ok();
        for (process, ear) in [&one, &other].into_iter().zip(&ears) {
            until("it holds", async || {
                process.failure().is_none()
                    && ear.all().iter().rev().find(|notice| !matches!(notice, Notice::Message(_)))
                        != Some(&Notice::Lost)
            })
            .await;
        }
        they_hear_each_other(&one, &other, "after").await;
        cluster.restart(owner);
        cluster.wait_until_ok();
    }
}

#[tokio::test]
async fn h_38_on_a_cluster_own_changes_do_not_evict_own_fresh_entries() {
    let cluster = Cluster::start();
    for way in Way::ALL {
        let (one, other) = (on_cluster(way, &cluster).await, on_cluster(way, &cluster).await);
        let (cache, marks) = (one.cache("own").await, other.cache("marks").await);
        let ear = Ear::on(&one.bus()).await;
        for round in 1..5 {
            for key in 0..30 {
                cache.set_with(key, round, tagged("t")).await.unwrap();
            }
            for key in 30..60 {
                let loaded = cache.get_or_fetch_with(&key, tagged("u"), |_| async { round });
                assert!(loaded.await <= round);
            }
            // Each server tells for itself.
            for key in 0..60 {
                marks.set(key, round).await.unwrap();
            }
            until("the marks", async || (0..60).all(|key| ear.told_of("marks", &key.to_string())))
                .await;
            ear.take();
            assert_eq!(cache.len(), 60, "{way:?}, round {round}");
        }
    }
}
