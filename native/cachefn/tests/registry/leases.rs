//! Services whose processes agree who makes a value.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use cachefn_servers::Server;

use crate::support::{end, open, until};

fn text(server: &Server, more: &str) -> String {
    format!(
        "[services.reports]\ncache_type = \"two-level\"\nttl = \"1h\"\nl2.connection_string = {:?}\n\
         l2.open_after = 1\ntwo_level.lease_time = \"1m\"\ntwo_level.leases = true\n{more}",
        server.url()
    )
}

#[tokio::test]
async fn h_07_of_two_processes_that_miss_at_once_one_makes_the_value() {
    let server = Server::start();
    let text = text(&server, "");
    let (one, other) = (open(&text).await, open(&text).await);
    let here = one.cache::<String>("reports").expect("texts");
    let there = other.cache::<String>("reports").expect("texts");
    let runs = Arc::new(AtomicU32::new(0));
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go, may_go) = tokio::sync::oneshot::channel::<()>();
    let first = tokio::spawn({
        let (here, runs) = (here.clone(), runs.clone());
        async move {
            let make = async || {
                runs.fetch_add(1, Relaxed);
                begun.send(()).expect("somebody waits");
                may_go.await.expect("somebody says so");
                "made once".to_string()
            };
            here.get_or_fetch("2025", make).await
        }
    });
    has_begun.await.expect("it begins");
    let second = tokio::spawn({
        let (there, runs) = (there.clone(), runs.clone());
        async move {
            let make = async || {
                runs.fetch_add(1, Relaxed);
                "made twice".to_string()
            };
            there.get_or_fetch("2025", make).await
        }
    });
    until("the second one waits", || async { there.stats().lease_waits == 1 }).await;
    go.send(()).expect("it waits");
    assert_eq!(first.await.expect("no panic"), "made once");
    assert_eq!(second.await.expect("no panic"), "made once");
    assert_eq!((runs.load(Relaxed), there.stats().storage_hits), (1, 1));
    end(one).await;
    end(other).await;
}

#[tokio::test]
async fn s_19_without_the_server_each_process_makes_its_own_and_the_leases_are_left_alone() {
    let server = Server::start();
    let registry = open(&text(&server, "two_level.invalidation = \"none\"\n")).await;
    let reports = registry.cache::<u64>("reports").expect("numbers");
    server.cli(&["SAVE"]);
    server.kill();
    assert_eq!(reports.get_or_fetch("a", async || 1).await, 1);
    reports.set("b".into(), 2).await.expect("it waits");
    assert_eq!(registry.health().await.state, "degraded");
    let failures = reports.stats().lease_failures;
    reports.set("b".into(), 3).await.expect("it waits");
    assert_eq!(reports.stats().lease_failures, failures + 1, "the lease of others stays as it is");

    server.restart();
    until("Redis is found again", || async { registry.health().await.state == "healthy" }).await;
    let failures = reports.stats().lease_failures;
    assert_eq!(reports.get_or_fetch("c", async || 3).await, 3);
    assert_eq!(reports.stats().lease_failures, failures, "and has leases again");
    end(registry).await;
}
