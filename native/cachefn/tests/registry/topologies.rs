//! Services with Sentinels and on a Cluster, through a failover.

use cachefn::EntryOptions;
use cachefn::registry::Registry;
use cachefn_servers::{Cluster, Sentinels};

use crate::support::{end, is_well, open, until};

/// Two services of two tiers that hear of changes in both ways.
fn text(urls: &[String], servers: &str) -> String {
    let service = |name: &str, invalidation: &str| {
        format!(
            "[services.{name}]\ncache_type = \"two-level\"\nttl = \"1h\"\n\
             l2.connection_string = {:?}\nl2.prefix = {name:?}\n{servers}\n\
             two_level.invalidation = {invalidation:?}\n",
            urls.join(", ")
        )
    };
    format!(
        "[global]\nhealth_check_interval = \"50ms\"\n{}{}",
        service(NAMES[0], "channel"),
        service(NAMES[1], "tracking")
    )
}

/// What one registry changes, the other one reads.
async fn they_agree(one: &Registry, other: &Registry, round: u64) {
    for name in NAMES {
        let cache = |registry: &Registry| registry.cache::<u64>(name).expect("numbers");
        let (here, there) = (cache(one), cache(other));
        let tagged = || EntryOptions::new().tags(["t"]);
        for key in 0..20 {
            here.set_with(key.to_string(), round, tagged()).await.expect("it may wait");
        }
        for key in 0..20 {
            let key = key.to_string();
            let is_there = || async { there.get(key.as_str()).await == Ok(Some(round)) };
            until("the change is heard", is_there).await;
        }
        here.invalidate_by_tag("t").await.expect("it may wait");
        for key in 0..20 {
            let key = key.to_string();
            let is_gone = || async { there.get(key.as_str()).await == Ok(None) };
            until("the tag is heard", is_gone).await;
        }
    }
}

/// Functions get their values, whatever the servers do.
async fn they_serve(registry: &Registry, round: u64) {
    for name in NAMES {
        let cache = registry.cache::<u64>(name).expect("numbers");
        for key in 0..20 {
            let key = format!("{round}:{key}");
            assert_eq!(cache.get_or_fetch(&key, async || round).await, round);
        }
    }
}

#[tokio::test]
async fn h_35_services_with_sentinels_live_through_the_end_of_their_master() {
    let sentinels = Sentinels::start();
    let urls: Vec<String> = sentinels.sentinels().iter().map(|server| server.url()).collect();
    assert_eq!(urls, sentinels.urls());
    let servers = format!("l2.mode = \"sentinel\"\nl2.master = {:?}", sentinels.master_name());
    let text = text(&urls, &servers);
    let (one, other) = (open(&text).await, open(&text).await);
    they_agree(&one, &other, 1).await;

    let port = sentinels.master().port();
    sentinels.kill_master();
    they_serve(&one, 2).await;
    sentinels.wait_for_failover(port);
    they_serve(&other, 3).await;
    for registry in [&one, &other] {
        until("the new master is found", || is_well(registry)).await;
    }
    they_agree(&other, &one, 4).await;
    end(one).await;
    end(other).await;
}

#[tokio::test]
async fn h_35_services_on_a_cluster_live_through_the_end_of_a_node() {
    let cluster = Cluster::start();
    let text = text(&cluster.urls(), "l2.mode = \"cluster\"");
    let (one, other) = (open(&text).await, open(&text).await);
    they_agree(&one, &other, 1).await;

    cluster.kill(0);
    they_serve(&one, 2).await;
    cluster.wait_until_ok();
    they_serve(&other, 3).await;
    for registry in [&one, &other] {
        until("the replica is found", || is_well(registry)).await;
    }
    they_agree(&other, &one, 4).await;
    end(one).await;
    end(other).await;
}

const NAMES: [&str; 2] = ["users", "pages"];
