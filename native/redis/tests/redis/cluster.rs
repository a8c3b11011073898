//! What only a Cluster can do: slots that move, servers that are replaced, copies that are lost.

use bytes::Bytes;
use cachefn_core::{Keep, Storage, Token};
use cachefn_redis::{Redis, RedisStorage};
use cachefn_servers::{Cluster, Server};

use crate::support::{cluster, get, set, until_works, walk};

const TOKENS: [&[u8]; 3] = [b"%n:users", b"%t:users:tag", b"%x:users:tag"];

async fn storage(cluster: &Cluster, prefix: &str) -> RedisStorage {
    Redis::cluster(cluster.urls()).prefix(prefix).connect().await.unwrap().storage()
}

fn name(number: usize) -> Vec<u8> {
    format!("users:{number}").into()
}

async fn write(storage: &RedisStorage, number: usize) {
    let record = Bytes::from(format!("record {number}"));
    storage.set(&name(number), record, Keep::new(None, &TOKENS)).await.unwrap();
}

/// The keys of a prefix on this server.
fn keys(server: &Server, pattern: &str) -> Vec<String> {
    server.cli(&["KEYS", pattern]).lines().map(str::to_string).collect()
}

#[tokio::test]
async fn records_are_on_all_servers_and_a_walk_finds_them() {
    let storage = storage(cluster(), "spread").await;
    let mut names: Vec<Vec<u8>> = (0..300).map(name).collect();
    for number in 0..300 {
        write(&storage, number).await;
    }
    for master in cluster().masters() {
        assert!(!keys(master, "spread:*users:*").is_empty());
    }
    names.sort();
    assert_eq!(walk(&storage, b"users:").await, names);
    let asked: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
    assert_eq!(storage.delete_many(&asked).await.unwrap(), 300);
    assert_eq!(walk(&storage, b"users:").await, Vec::<Vec<u8>>::new());
}

#[tokio::test]
async fn s_28_copies_that_were_lost_are_mended_and_never_bring_back_what_was_replaced() {
    let storage = storage(cluster(), "copies").await;
    let old = TOKENS.map(|name| (name, Token([1; 16])));
    storage.create_tokens(&old).await.unwrap();
    for number in 0..64 {
        write(&storage, number).await;
        let found = storage.get(&name(number)).await.unwrap().unwrap();
        assert_eq!(found.tokens, Some(vec![Some(Token([1; 16])); 3]), "{number}");
    }
    // As if Redis had evicted every copy of the tag, and the one that decides, too.
    for master in cluster().masters() {
        for key in keys(master, "copies:*%t:users:tag") {
            master.cli(&["DEL", &key]);
        }
    }
    for number in 0..64 {
        let found = storage.get(&name(number)).await.unwrap().unwrap();
        let tokens = [Some(Token([1; 16])), None, Some(Token([1; 16]))];
        assert_eq!(found.tokens.as_deref(), Some(&tokens[..]), "{number}: absent is a miss");
    }
    let new = storage.create_tokens(&[(TOKENS[1], Token([2; 16]))]).await.unwrap();
    assert_eq!(new, [Token([2; 16])]);
    for number in 0..64 {
        write(&storage, number).await;
        let found = storage.get(&name(number)).await.unwrap().unwrap();
        let tokens = [Some(Token([1; 16])), Some(Token([2; 16])), Some(Token([1; 16]))];
        assert_eq!(found.tokens.as_deref(), Some(&tokens[..]), "{number}");
    }
    // The one that decides is lost alone: the others follow the new one.
    let mut lost = 0;
    let before = storage.tokens(&[TOKENS[0]]).await.unwrap();
    'all: for master in cluster().masters() {
        for key in keys(master, "copies:*%n:users") {
            master.cli(&["DEL", &key]);
            if storage.tokens(&[TOKENS[0]]).await.unwrap() == [None] {
                lost += 1;
                break 'all;
            }
            let bytes = [&[2][..], &before[0].unwrap().0].concat();
            let text = String::from_utf8(bytes).unwrap();
            master.cli(&["SET", &key, &text]);
        }
    }
    assert_eq!(lost, 1);
    storage.create_tokens(&[(TOKENS[0], Token([3; 16]))]).await.unwrap();
    for number in 0..64 {
        write(&storage, number).await;
        let found = storage.get(&name(number)).await.unwrap().unwrap();
        assert_eq!(found.tokens.unwrap()[0], Some(Token([3; 16])), "{number}");
    }
    storage.replace_tokens(&[(TOKENS[2], Token([4; 16]))]).await.unwrap();
    for number in 0..64 {
        let found = storage.get(&name(number)).await.unwrap().unwrap();
        assert_eq!(found.tokens.unwrap()[2], Some(Token([4; 16])), "{number}");
    }
}

#[tokio::test]
async fn h_35_requests_follow_slots_that_move() {
    let cluster = Cluster::start();
    let storage = storage(&cluster, "moves").await;
    set(&storage, b"users:before", "record").await.unwrap();
    let key = cluster.masters().into_iter().flat_map(|master| keys(master, "moves:*")).next();
    let key = key.unwrap();
    let from = cluster.owner(&key).unwrap();
    let to = (from + 1) % 3;
    let slot = cluster.nodes()[from].cli(&["CLUSTER", "KEYSLOT", &key]);
    let node = |index: usize| &cluster.nodes()[index];
    let (source, target) = (cluster.id(from), cluster.id(to));
    node(to).cli(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &source]);
    node(from).cli(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &target]);
    assert_eq!(get(&storage, b"users:before").await.unwrap().as_deref(), Some("record"));
    let port = node(to).port().to_string();
    node(from).cli(&["MIGRATE", "127.0.0.1", &port, &key, "0", "5000"]);
    // ASK
    assert_eq!(get(&storage, b"users:before").await.unwrap().as_deref(), Some("record"));
    set(&storage, b"users:before", "during").await.unwrap();
    assert_eq!(get(&storage, b"users:before").await.unwrap().as_deref(), Some("during"));
    for index in [to, from] {
        node(index).cli(&["CLUSTER", "SETSLOT", &slot, "NODE", &target]);
    }
    // MOVED
    for _ in 0..3 {
        assert_eq!(get(&storage, b"users:before").await.unwrap().as_deref(), Some("during"));
    }
    set(&storage, b"users:before", "after").await.unwrap();
    assert_eq!(get(&storage, b"users:before").await.unwrap().as_deref(), Some("after"));
    assert_eq!(walk(&storage, b"users:").await, [b"users:before".to_vec()]);
}

#[tokio::test]
async fn h_35_a_replica_takes_over_from_a_master_that_died() {
    let cluster = Cluster::start();
    let storage = storage(&cluster, "failover").await;
    for number in 0..60 {
        write(&storage, number).await;
    }
    cluster.kill(0);
    let failed = (0..60).map(|number| {
        let storage = storage.clone();
        async move { get(&storage, &name(number)).await.is_err() }
    });
    let failed = futures_util::future::join_all(failed).await;
    assert!(failed.iter().any(|failed| !failed), "the other masters are still asked");
    cluster.wait_until_ok();
    for number in 60..120 {
        let name = name(number);
        until_works(|| set(&storage, &name, "record")).await;
    }
    let names: Vec<Vec<u8>> = (60..120).map(name).collect();
    let asked: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
    let found = until_works(|| storage.get_many(&asked)).await;
    assert_eq!(found.iter().flatten().count(), 60);
}
