//! Two caches as if in two processes: what one makes, and what the other changes meanwhile.

use super::*;
use crate::common::until;
use tokio::sync::Notify;

#[tokio::test]
async fn h_07_the_other_process_has_the_value_as_soon_as_it_is_there() {
    let server = Server::start();
    let (here, there) = (process(&server).await, process(&server).await);
    let (began, go) = (Notify::new(), Notify::new());
    let leads = here.get_or_fetch(&1, async || {
        began.notify_one();
        go.notified().await;
        7
    });
    let follows = async {
        began.notified().await;
        let mut call = Box::pin(there.get_or_fetch(&1, async || 8));
        waits(&server, &mut call).await;
        go.notify_one();
        call.await
    };
    assert_eq!(tokio::join!(leads, follows), (7, 7));
    assert_eq!((there.stats().lease_waits, there.stats().lease_failures), (1, 0));
    assert_eq!(here.stats().lease_failures, 0);
    assert_eq!(server.cli(&["EXISTS", "cachefn:%l:n:1", "cachefn:%w:n:1"]), "0");
}

#[tokio::test]
async fn s_18_what_another_process_does_meanwhile_wins() {
    let server = Server::start();
    for (key, change) in [(1, "delete"), (2, "set"), (3, "update"), (4, "delete_many")] {
        let (here, there) = (process(&server).await, process(&server).await);
        let made = here.get_or_fetch(&key, async || {
            match change {
                "delete" => drop(there.delete(&key).await.unwrap()),
                "set" => there.set(key, 8).await.unwrap(),
                "update" => drop(there.update(key, |_| Some(8)).await.unwrap()),
                _ => drop(there.delete_many(&[1, key]).await.unwrap()),
            }
            7
        });
        assert_eq!(made.await, 7, "{change}");
        let expected = change.starts_with("delete").then_some(()).xor(Some(())).map(|()| 8);
        let third = process(&server).await;
        assert_eq!(third.get(&key).await, Ok(expected), "{change}");
        assert_eq!(here.get(&key).await, Ok(expected), "{change}");
        assert_eq!(here.stats().fenced, 1, "{change}");
    }
}

#[tokio::test]
async fn h_07_a_long_load_keeps_its_lease() {
    let server = Server::start();
    let redis = connect(&server).await;
    let cache = over(&redis, &redis).lease_time(ms(300)).build().unwrap();
    let value = cache.get_or_fetch(&1, async || {
        let first = server.cli(&["GET", "cachefn:%l:n:1"]);
        // Until it has been renewed more often than it would have lasted without.
        let (mut left, mut renewed) = (0, 0);
        until("the lease is renewed", async || {
            let now = server.cli(&["PTTL", "cachefn:%l:n:1"]).parse::<i64>().unwrap();
            renewed += u32::from(now > left);
            left = now;
            renewed == 6
        })
        .await;
        assert_eq!(server.cli(&["GET", "cachefn:%l:n:1"]), first);
        7
    });
    assert_eq!(value.await, 7);
    assert_eq!((cache.stats().fenced, cache.stats().lease_failures), (0, 0));
    assert_eq!(process(&server).await.get(&1).await, Ok(Some(7)));
}
