//! Over real Redis servers.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use cachefn::redis::Redis;
use cachefn::tokio::TokioRuntime;
use cachefn::{AnyCodec, Cache};
use cachefn_servers::{Cluster, Server};

use crate::common::until;
use crate::support::*;

fn over(url: &str, words: &[&str]) -> Ended {
    let mut command = program(words);
    command.args(["--url", url]);
    ended(command)
}

#[test]
fn s_35_caches_of_other_processes_hear_of_what_is_removed_here() {
    let server = Server::start();
    let url = server.url();
    block_on(async {
        let redis = Redis::connect(&url).await.unwrap();
        let builder = Cache::<String, u32>::builder("users").storage(redis.storage());
        let builder =
            builder.codec(AnyCodec::Postcard).bus(redis.bus(TokioRuntime::current().unwrap()));
        let cache = builder.build().unwrap();
        for (number, words) in [
            &["del", "k"][..],
            &["invalidate", "--tag", "t"],
            &["invalidate", "--pattern", "k*"],
            &["invalidate", "--all", "--yes"],
        ]
        .into_iter()
        .enumerate()
        {
            let tagged = cachefn::EntryOptions::new().tags(["t"]);
            cache.set_with("k".into(), number as u32, tagged).await.unwrap();
            assert_eq!(cache.get("k").await.unwrap(), Some(number as u32), "{words:?}");
            over(&url, words).succeeds();
            until("the cache hears of it", async || cache.get("k").await.unwrap().is_none()).await;
        }
    });
}

#[test]
fn s_35_caches_of_other_processes_hear_of_what_is_set_and_imported_here() {
    let server = Server::start();
    let url = server.url();
    block_on(async {
        let redis = Redis::connect(&url).await.unwrap();
        let open = |name: &str| {
            let builder = Cache::<String, u32>::builder(name).storage(redis.storage());
            let bus = redis.bus(TokioRuntime::current().unwrap());
            builder.codec(AnyCodec::Json).bus(bus).build().unwrap()
        };
        let (users, pages) = (open("users"), open("pages"));
        // More than go in one message.
        for number in 0..300 {
            users.set(format!("k{number}"), 1).await.unwrap();
        }
        pages.set("k7".into(), 1).await.unwrap();
        assert_eq!(pages.get("k7").await.unwrap(), Some(1));
        let exported = over(&url, &["export"]).succeeds().out;
        over(&url, &["set", "k7", "2", "-n", "users"]).succeeds();
        until("users hears", async || users.get("k7").await.unwrap() == Some(2)).await;
        assert_eq!(pages.get("k7").await.unwrap(), Some(1));
        assert_eq!(pages.stats().storage_hits, 0, "what was not written stays in memory");

        for number in 0..300 {
            users.set(format!("k{number}"), 3).await.unwrap();
        }
        pages.set("k7".into(), 3).await.unwrap();
        let import = program(&["import", "-", "--overwrite", "--url", &url]);
        assert_eq!(given(import, &exported).succeeds().out, "imported 301 entries\n");
        for number in 0..300 {
            let key = format!("k{number}");
            until(&key, async || users.get(&*key).await.unwrap() == Some(1)).await;
        }
        until("pages hears", async || pages.get("k7").await.unwrap() == Some(1)).await;
    });
}

#[test]
fn everything_works_over_a_cluster_and_moves_from_there_into_a_file() {
    let cluster = Cluster::start();
    let urls = cluster.urls().join(",");
    let over = |words: &[&str]| over(&urls, &[words, &["--cluster"]].concat());
    for number in 0..40 {
        let (key, value) = (format!("k{number}"), number.to_string());
        over(&[
            "set",
            &key,
            &value,
            "-n",
            "c",
            "--tag",
            if number % 2 == 0 { "even" } else { "odd" },
        ])
        .succeeds();
    }
    assert_eq!(over(&["keys"]).succeeds().lines().len(), 40);
    over(&["invalidate", "--tag", "odd"]).succeeds();
    assert_eq!(over(&["get", "k8"]).succeeds().out, "8\n");
    over(&["get", "k7"]).fails(1);
    over(&["doctor"]).succeeds();
    let to = Place::new();
    to.run_with(&["import", "-"], &over(&["export"]).succeeds().out).succeeds();
    assert_eq!(to.value("c", AnyCodec::Json, "k38"), Some(38));
    assert_eq!(to.run(&["keys"]).succeeds().lines().len(), 20);
}

#[test]
fn ctrl_c_in_the_middle_of_an_import_leaves_whole_records_and_says_how_many() {
    let from = Place::filled();
    let exported = from.run(&["export"]).succeeds().out;
    let server = Server::start();
    let mut command = program(&["import", "-", "--url", &server.url()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Four lines, and the begin of the fifth: it waits for the rest.
    let end = exported.match_indices('\n').nth(3).unwrap().0 + 30;
    stdin.write_all(&exported.as_bytes()[..end]).unwrap();
    let records = || over(&server.url(), &["keys"]).lines().len();
    block_on(until("four records are there", async || records() == 4));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
    let expected =
        "cachefn: import: line 5: interrupted; 4 entries imported whole; go on with --skip 4\n";
    assert_eq!(told, expected);
    drop(stdin);
    assert_eq!(records(), 4);
    let go_on = program(&["import", "-", "--skip", "4", "--url", &server.url()]);
    assert_eq!(given(go_on, &exported).succeeds().out, "imported 5 entries\n");
    assert_eq!(records(), 9);
}

#[test]
fn s_35_ctrl_c_in_the_middle_of_an_invalidation_leaves_nothing_in_memory_that_is_gone() {
    const ENTRIES: u32 = 20_000;
    let server = Server::start();
    block_on(async {
        let redis = Redis::connect(&server.url()).await.unwrap();
        let builder = || {
            let builder = Cache::<String, u32>::builder("users").storage(redis.storage());
            builder.codec(AnyCodec::Json)
        };
        let cache = builder().bus(redis.bus(TokioRuntime::current().unwrap())).build().unwrap();
        let keys: Vec<String> = (0..ENTRIES).map(|number| format!("k{number}")).collect();
        cache.set_many(keys.iter().map(|key| (key.clone(), 1))).await.unwrap();
        let records = || server.cli(&["DBSIZE"]).parse::<u32>().expect("a number");
        let before = records();
        let mut command = program(&["invalidate", "--pattern", "k*", "--url", &server.url()]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        until("it has begun", async || records() < before).await;
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
        assert!(told.starts_with("cachefn: invalidate: interrupted after "), "{told}");
        assert!(told.ends_with(" entries; the others may be there still\n"), "{told}");

        let (storage, mut gone) = (builder().build().unwrap(), 0);
        for key in &keys {
            if storage.get(&**key).await.unwrap().is_none() {
                gone += 1;
                until(key, async || cache.get(&**key).await.unwrap().is_none()).await;
            }
        }
        assert!((1..ENTRIES).contains(&gone), "{gone}: {told}");
    });
}

#[test]
fn names_of_others_in_the_same_server_are_neither_seen_nor_touched() {
    let server = Server::start();
    server.cli(&["SET", "users:1", "of another program"]);
    over(&server.url(), &["set", "1", "1", "-n", "users", "--prefix", "mine"]).succeeds();
    over(&server.url(), &["keys"]).fails(1);
    let mine = over(&server.url(), &["keys", "--prefix", "mine"]).succeeds();
    assert_eq!(mine.out, "1\n");
    over(&server.url(), &["invalidate", "--pattern", "*", "-n", "users"]).fails(1);
    assert_eq!(server.cli(&["GET", "users:1"]), "of another program");
    assert_eq!(over(&server.url(), &["get", "1", "--prefix", "mine"]).succeeds().out, "1\n");
}
