//! What the leases of one Redis promise to those who use them.

use super::*;
use cachefn_core::{Claim, Found, Keep, Lease, Leases, Storage, Token};
use cachefn_servers::{Cluster, Sentinels};
use futures_util::FutureExt;

const LIFE: Duration = ms(60_000);
const ONE: Token = Token([1; 16]);
const OTHER: Token = Token([2; 16]);

/// Two processes and a name: who has it, and who is told.
async fn keeps_its_promises(here: impl Leases, there: impl Leases) {
    for name in [&b"n:1"[..], b"n/f:7,\"eu\"", b"n:{odd}*\r\n\0\xFF", &[b'x'; 5_000]] {
        assert_eq!(here.acquire(name, ONE, LIFE).await, Ok(Claim::Held));
        assert_eq!(here.acquire(name, ONE, LIFE).await, Ok(Claim::Held), "it is the same lease");
        let Ok(Claim::Busy(left)) = there.acquire(name, OTHER, LIFE).await else { panic!() };
        assert!(left <= LIFE && left > LIFE / 2);
        assert_eq!(there.release(name, OTHER).await, Ok(false));
        assert_eq!(there.renew(name, OTHER, LIFE).await, Ok(false));
        assert_eq!(here.renew(name, ONE, LIFE * 2).await, Ok(true));
        let Ok(Claim::Busy(left)) = there.acquire(name, OTHER, LIFE).await else { panic!() };
        assert!(left > LIFE);
        // Told by its release.
        let mut released = there.released(name);
        assert!(tokio::time::timeout(ms(50), &mut released).await.is_err());
        assert_eq!(here.release(name, ONE).await, Ok(true));
        assert_eq!(released.await, Ok(()));
        assert_eq!(there.released(name).await, Ok(()), "nobody has it");
        assert_eq!(here.renew(name, ONE, LIFE).await, Ok(false));
        // Told when it is revoked.
        assert_eq!(here.acquire(name, ONE, LIFE).await, Ok(Claim::Held));
        let mut released = there.released(name);
        assert!(tokio::time::timeout(ms(50), &mut released).await.is_err());
        assert_eq!(there.revoke(&[b"n:others", name]).await, Ok(()));
        assert_eq!(released.await, Ok(()));
        assert_eq!(here.release(name, ONE).await, Ok(false));
        // Taken by another.
        assert_eq!(here.acquire(name, ONE, LIFE).await, Ok(Claim::Held));
        assert_eq!(there.take(name, OTHER, LIFE).await, Ok(()));
        assert_eq!(here.renew(name, ONE, LIFE).await, Ok(false));
        assert_eq!(there.release(name, OTHER).await, Ok(true));
    }
}

#[tokio::test]
async fn h_07_leases_of_one_server_keep_their_promises() {
    let server = Server::start();
    keeps_its_promises(connect(&server).await.leases(), connect(&server).await.leases()).await;
    assert_eq!(server.cli(&["DBSIZE"]), "0", "and leave nothing behind");
}

#[tokio::test]
async fn h_07_leases_of_a_cluster_keep_their_promises() {
    let cluster = Cluster::start();
    let connect =
        async || Redis::cluster(cluster.urls()).timeout(ms(1_000)).connect().await.unwrap();
    let (here, there) = (connect().await, connect().await);
    keeps_its_promises(here.leases(), there.leases()).await;
    lets_the_storage_decide(&here, &there).await;
}

#[tokio::test]
async fn h_07_leases_of_the_master_that_sentinels_name_keep_their_promises() {
    let sentinels = Sentinels::start();
    let connect = async || {
        let builder = Redis::sentinel(sentinels.urls(), sentinels.master_name());
        builder.timeout(ms(1_000)).connect().await.unwrap()
    };
    let (here, there) = (connect().await, connect().await);
    keeps_its_promises(here.leases(), there.leases()).await;
    lets_the_storage_decide(&here, &there).await;
}

#[tokio::test]
async fn h_12_a_record_is_written_while_its_lease_is_held_and_not_afterwards() {
    let server = Server::start();
    lets_the_storage_decide(&connect(&server).await, &connect(&server).await).await;
}

/// What is written under a lease is there only if the lease is held at that very moment.
async fn lets_the_storage_decide(here: &Redis, there: &Redis) {
    let (storage, leases) = (here.storage(), here.leases());
    let tokens: [&[u8]; 3] = [b"%n:n", b"%t:n:tag", b"%x:n:tag"];
    let created = tokens.map(|name| (name, Token([5; 16])));
    storage.create_tokens(&created).await.unwrap();
    for (name, tokens) in [(&b"n:1"[..], &tokens[..0]), (b"n:2", &tokens), (b"n:3", &tokens)] {
        let keep = |token, place| Keep::new(Some(LIFE), tokens).under(Lease { token, place });
        let place = leases.place();
        let set = async |bytes: &'static [u8], keep: Keep<'_>| {
            storage.set(name, bytes.into(), keep).await.unwrap();
            let found = storage.get(name).await.unwrap();
            let valid = |found: &Found| found.tokens.iter().flatten().all(Option::is_some);
            assert!(found.iter().all(valid), "its tokens are beside it");
            found.map(|found| found.record.to_vec())
        };
        assert_eq!(set(b"none", keep(ONE, place)).await, None, "nobody has the lease");
        leases.acquire(name, ONE, LIFE).await.unwrap();
        assert_eq!(set(b"one", keep(ONE, place)).await.unwrap(), b"one");
        assert_eq!(set(b"other", keep(OTHER, place)).await.unwrap(), b"one");
        there.leases().take(name, OTHER, LIFE).await.unwrap();
        assert_eq!(set(b"late", keep(ONE, place)).await.unwrap(), b"one");
        assert_eq!(set(b"other", keep(OTHER, place)).await.unwrap(), b"other");
        leases.revoke(&[name]).await.unwrap();
        assert_eq!(set(b"late", keep(OTHER, place)).await.unwrap(), b"other");
        // Leases that lie elsewhere are not for this storage to judge.
        let elsewhere = there.leases().place();
        assert_ne!(place, elsewhere);
        assert_eq!(set(b"elsewhere", keep(ONE, elsewhere)).await.unwrap(), b"elsewhere");
        assert_eq!(set(b"plain", Keep::new(Some(LIFE), tokens)).await.unwrap(), b"plain");
    }
}

#[tokio::test]
async fn h_28_leases_of_another_prefix_are_others() {
    let server = Server::start();
    let open = async |prefix: &str| {
        Redis::builder(server.url()).prefix(prefix).connect().await.unwrap().leases()
    };
    let (here, there) = (open("a").await, open("b").await);
    assert_eq!(here.acquire(b"n:1", ONE, LIFE).await, Ok(Claim::Held));
    assert_eq!(there.acquire(b"n:1", OTHER, LIFE).await, Ok(Claim::Held));
    assert_eq!(there.revoke(&[b"n:1"]).await, Ok(()));
    assert_eq!(here.release(b"n:1", ONE).await, Ok(true));
}

#[tokio::test]
async fn h_35_something_else_under_the_key_of_a_lease_is_no_lease() {
    let server = Server::start();
    let leases = connect(&server).await.leases();
    server.cli(&["RPUSH", "cachefn:%l:n:1", "a", "b"]);
    assert_eq!(leases.renew(b"n:1", ONE, LIFE).await, Ok(false));
    assert_eq!(leases.release(b"n:1", ONE).await, Ok(false));
    assert_eq!(leases.released(b"n:1").await, Ok(()));
    assert_eq!(leases.acquire(b"n:1", ONE, LIFE).await, Ok(Claim::Held));
    assert_eq!(leases.release(b"n:1", ONE).await, Ok(true));
    // Without an end nobody would ever give it back.
    server.cli(&["SET", "cachefn:%l:n:1", "something"]);
    assert_eq!(leases.acquire(b"n:1", OTHER, LIFE).await, Ok(Claim::Held));
}

#[tokio::test]
async fn h_07_a_lease_is_over_when_its_time_has_passed() {
    let server = Server::start();
    let leases = connect(&server).await.leases();
    assert_eq!(leases.acquire(b"n:1", ONE, ms(1)).await, Ok(Claim::Held));
    wait_for(&server, &["EXISTS", "cachefn:%l:n:1"], |answer| answer == "0");
    assert_eq!(leases.renew(b"n:1", ONE, LIFE).await, Ok(false));
    assert_eq!(leases.acquire(b"n:1", OTHER, LIFE).await, Ok(Claim::Held));
    assert_eq!(leases.release(b"n:1", ONE).await, Ok(false));
}

#[tokio::test]
async fn h_35_who_waits_is_woken_when_the_connection_is_lost() {
    let server = Server::start();
    let (here, there) = (connect(&server).await.leases(), connect(&server).await.leases());
    for _ in 0..3 {
        here.acquire(b"n:1", ONE, LIFE).await.unwrap();
        let mut released = there.released(b"n:1");
        assert!(released.as_mut().now_or_never().is_none());
        waits(&server, &mut released).await;
        server.cli(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        assert_eq!(released.await, Ok(()), "something may have been missed");
        server.cli(&["DEL", "cachefn:%w:n:1"]);
    }
    // And it hears again.
    let mut released = there.released(b"n:1");
    assert!(tokio::time::timeout(ms(50), &mut released).await.is_err());
    here.release(b"n:1", ONE).await.unwrap();
    assert_eq!(released.await, Ok(()));
    server.kill();
    assert!(there.released(b"n:1").await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn h_35_all_who_wait_are_told_by_one_connection_and_nothing_is_published_for_nobody() {
    let server = Server::start();
    let (here, there) = (connect(&server).await.leases(), connect(&server).await.leases());
    let names: Vec<Vec<u8>> = (0..20).map(|n| format!("n:{n}").into_bytes()).collect();
    let published = || server.cli(&["INFO", "commandstats"]).matches("cmdstat_publish:").count();
    for name in &names {
        here.acquire(name, ONE, LIFE).await.unwrap();
        here.release(name, ONE).await.unwrap();
    }
    assert_eq!((hearers(&server), published()), (0, 0));
    let clones: Vec<_> = names.iter().map(|_| there.clone()).collect();
    let mut waits = Vec::new();
    for (name, clone) in names.iter().zip(&clones) {
        here.acquire(name, ONE, LIFE).await.unwrap();
        let mut released = clone.released(name);
        assert!(tokio::time::timeout(ms(20), &mut released).await.is_err());
        waits.push(released);
    }
    assert_eq!(hearers(&server), 1);
    // The last one first: nobody is woken for another's name, and who goes does not take the ears along.
    while let (Some(released), Some(name)) = (waits.pop(), names.get(waits.len())) {
        here.release(name, ONE).await.unwrap();
        assert_eq!(released.await, Ok(()));
        assert!(waits.iter_mut().all(|wait| wait.now_or_never().is_none()));
    }
    assert_eq!(published(), 1);
}

#[test]
fn h_07_leases_keep_their_promises_on_whatever_drives_the_connection() {
    // A connection that was made in a runtime which is gone is made anew in the next one.
    let server = Server::start();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let leases = first.block_on(async {
        let leases = connect(&server).await.leases();
        leases.acquire(b"n:1", ONE, LIFE).await.unwrap();
        assert!(tokio::time::timeout(ms(50), leases.released(b"n:1")).await.is_err());
        leases
    });
    drop(first);
    runtime().block_on(async {
        let mut released = leases.released(b"n:1");
        assert!(tokio::time::timeout(ms(50), &mut released).await.is_err());
        assert_eq!(leases.release(b"n:1", ONE).await, Ok(true));
        assert_eq!(released.await, Ok(()));
    });
}
