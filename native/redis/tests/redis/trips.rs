//! How often the server is asked.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Cache, EntryOptions, Keep, Postcard, Put, Storage, Token};
use cachefn_redis::Redis;
use cachefn_servers::Server;

use crate::support::calls;

#[tokio::test]
async fn s_28_a_read_that_misses_memory_is_one_request_tokens_included() {
    let server = Server::start();
    let cache = |storage| {
        let cache = Cache::<String, String>::builder("users").storage(storage).codec(Postcard);
        cache.ttl(Duration::from_secs(60)).build().unwrap()
    };
    let writer = cache(Redis::connect(server.url()).await.unwrap().storage());
    let options = || EntryOptions::new().tags(["a".to_string(), "b".to_string(), "c".to_string()]);
    writer.set_with("tagged".into(), "Ada".into(), options()).await.unwrap();
    writer.set("plain".into(), "Bob".into()).await.unwrap();
    let reader = cache(Redis::connect(server.url()).await.unwrap().storage());
    reader.get("absent").await.unwrap(); // the script is known from now on
    server.cli(&["CONFIG", "RESETSTAT"]);
    assert_eq!(reader.get("tagged").await.unwrap().as_deref(), Some("Ada"));
    assert_eq!(reader.get("plain").await.unwrap().as_deref(), Some("Bob"));
    assert_eq!(calls(&server, "evalsha"), 2);
    // What the script does itself, and nothing besides.
    let stats = server.cli(&["INFO", "commandstats"]);
    let asked = stats.lines().filter_map(|line| line.strip_prefix("cmdstat_")?.split(':').next());
    let besides: Vec<&str> = asked
        .filter(|name| !["evalsha", "get", "pttl", "mget", "info", "auth"].contains(name))
        .filter(|name| !name.starts_with("config"))
        .collect();
    assert_eq!(besides, Vec::<&str>::new());
}

#[tokio::test]
async fn n_1_records_without_tags_need_no_script_and_one_with_tags_is_read_with_them() {
    let server = Server::start();
    let storage = Redis::connect(server.url()).await.unwrap().storage();
    let tokens: [&[u8]; 3] = [b"%n:users", b"%t:users:tag", b"%x:users:tag"];
    storage.create_tokens(&tokens.map(|name| (name, Token([1; 16])))).await.unwrap();
    let life = Some(Duration::from_secs(60));
    let set = |name: &'static [u8], tokens: &'static [&'static [u8]]| {
        let storage = storage.clone();
        async move {
            let keep = Keep::new(life, tokens);
            storage.set(name, Bytes::from_static(b"record"), keep).await.unwrap();
        }
    };
    set(b"users:plain", &[b"%n:users"]).await;
    storage.get(b"users:plain").await.unwrap();
    server.cli(&["CONFIG", "RESETSTAT"]);
    for _ in 0..3 {
        let found = storage.get(b"users:plain").await.unwrap().unwrap();
        assert_eq!(found.tokens, Some(vec![Some(Token([1; 16]))]));
        assert!(found.remaining.is_some_and(|left| Some(left) <= life));
        assert_eq!(storage.get(b"users:absent").await.unwrap(), None);
    }
    assert_eq!((calls(&server, "evalsha"), calls(&server, "get")), (0, 12));
    storage.replace_tokens(&[(b"%n:users", Token([2; 16]))]).await.unwrap();
    let found = storage.get(b"users:plain").await.unwrap().unwrap();
    assert_eq!(found.tokens, Some(vec![Some(Token([2; 16]))]));
    set(b"users:tagged", &[b"%n:users", b"%t:users:tag", b"%x:users:tag"]).await;
    for _ in 0..3 {
        let found = storage.get(b"users:tagged").await.unwrap().unwrap();
        let one = Some(Token([1; 16]));
        assert_eq!(found.tokens, Some(vec![Some(Token([2; 16])), one, one]));
    }
    assert_eq!(calls(&server, "evalsha"), 1, "the first of them was read twice");
    // With other tags it is read twice again, and what it is then is known, too.
    set(b"users:tagged", &[b"%n:users", b"%t:users:tag"]).await;
    for _ in 0..3 {
        let found = storage.get(b"users:tagged").await.unwrap().unwrap();
        assert_eq!(found.tokens, Some(vec![Some(Token([2; 16])), Some(Token([1; 16]))]));
        assert!(found.remaining.is_some_and(|left| Some(left) <= life));
    }
    assert_eq!(calls(&server, "evalsha"), 2);
    storage.replace_tokens(&[(b"%t:users:tag", Token([3; 16]))]).await.unwrap();
    let found = storage.get(b"users:tagged").await.unwrap().unwrap();
    assert_eq!(found.tokens, Some(vec![Some(Token([2; 16])), Some(Token([3; 16]))]));
    storage.delete(b"users:tagged").await.unwrap();
    assert_eq!(storage.get(b"users:tagged").await.unwrap(), None);
    assert_eq!(calls(&server, "evalsha"), 2);
}

#[tokio::test]
async fn scripts_are_sent_once_and_again_when_the_server_has_lost_them() {
    let server = Server::start();
    let storage = Redis::connect(server.url()).await.unwrap().storage();
    let names: Vec<Vec<u8>> = (0..300).map(|number| format!("users:{number}").into()).collect();
    let names: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
    for round in 0..3 {
        server.cli(&["CONFIG", "RESETSTAT"]);
        for _ in 0..5 {
            assert!(storage.get(b"users:7").await.unwrap().is_none());
        }
        assert_eq!(calls(&server, "eval"), 1, "round {round}");
        server.cli(&["SCRIPT", "FLUSH"]);
        assert_eq!(storage.get_many(&names).await.unwrap().len(), 300);
        server.cli(&["SCRIPT", "FLUSH"]);
    }
}

#[tokio::test]
async fn n_2_many_records_are_few_requests() {
    let server = Server::start();
    let storage = Redis::connect(server.url()).await.unwrap().storage();
    storage.create_tokens(&[(b"%n:users", Token([1; 16]))]).await.unwrap();
    let names: Vec<String> = (0..500).map(|number| format!("users:{number}")).collect();
    let puts = names.iter().map(|name| Put {
        name: name.as_bytes(),
        record: Bytes::from_static(b"record"),
        keep: Keep::new(Some(Duration::from_secs(60)), &[b"%n:users"]),
    });
    server.cli(&["CONFIG", "RESETSTAT"]);
    storage.set_many(puts.collect()).await.unwrap();
    assert_eq!(calls(&server, "set"), 500);
    let asked: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
    let found = storage.get_many(&asked).await.unwrap();
    assert!(found.iter().flatten().all(|found| found.tokens == Some(vec![Some(Token([1; 16]))])));
    assert_eq!(found.iter().flatten().count(), 500);
    assert!(calls(&server, "evalsha") + calls(&server, "eval") <= 8);
    assert_eq!(calls(&server, "keys") + calls(&server, "flushdb") + calls(&server, "flushall"), 0);
}

#[tokio::test]
async fn n_2_what_goes_in_many_packets_keeps_its_order_and_its_answers() {
    let server = Server::start();
    let storage = Redis::connect(server.url()).await.unwrap().storage();
    let names: Vec<String> = (0..1_000).map(|number| format!("%n:{number}")).collect();
    let token = |number: usize| Token([(number % 251) as u8; 16]);
    let tokens = names.iter().enumerate().map(|(at, name)| (name.as_bytes(), token(at)));
    storage.replace_tokens(&tokens.collect::<Vec<_>>()).await.unwrap();
    let asked: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
    let found = storage.tokens(&asked).await.unwrap();
    assert!(found.into_iter().enumerate().all(|(at, found)| found == Some(token(at))));

    // Of one name the last record is kept, however many came before.
    let records: Vec<(String, String)> =
        (0..1_000).map(|at| (format!("users:{}", at % 7), format!("record {at}"))).collect();
    let put = |(name, record): &'static (String, String)| Put {
        name: name.as_bytes(),
        record: Bytes::from_static(record.as_bytes()),
        keep: Keep::default(),
    };
    let records: &'static [(String, String)] = records.leak();
    // The first packet finds that the connection is gone, and all go again by another one.
    for is_cut in [false, true] {
        if is_cut {
            server.cli(&["FLUSHALL"]);
            server.cli(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        }
        storage.set_many(records.iter().map(put).collect()).await.unwrap();
        for (name, record) in &records[993..] {
            let found = storage.get(name.as_bytes()).await.unwrap().unwrap();
            assert_eq!(found.record, record.as_bytes(), "{name}");
        }
    }
}
