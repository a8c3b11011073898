//! A cache over the database, and what a function knows after its process has ended.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use cachefn_core::{Cache, EntryOptions, NamedCache, Postcard, cachefn};
use cachefn_rocksdb::RocksDbStorage;
use common::Folder;
use pollster::block_on;

static RUNS: AtomicU64 = AtomicU64::new(0);

/// Nothing is awaited here: the storage answers at once.
#[cachefn(cache = "squares", ttl = "1h", tags = ["{parity}"])]
fn square(number: u64, parity: &str) -> String {
    RUNS.fetch_add(1, Relaxed);
    format!("{number} x {number} is {} and {parity}", number * number)
}

#[test]
fn s_37_a_synchronous_function_remembers_through_kills_of_its_process() {
    if let Ok(path) = std::env::var(CHILD) {
        live(&path);
    }
    let folder = Folder::new();
    let runs: Vec<u64> = (0..3).map(|_| runs_of_a_process(&folder)).collect();
    // Every process invalidates the odd ones when it has asked for all.
    assert_eq!(runs, [NUMBERS, NUMBERS / 2, NUMBERS / 2]);
}

fn live(path: &str) -> ! {
    let storage = RocksDbStorage::open(path).unwrap();
    NamedCache::builder("squares").storage(storage).codec(Postcard).register().unwrap();
    for number in 0..NUMBERS {
        let parity = if number % 2 == 0 { "even" } else { "odd" };
        let answer = square(number, parity);
        assert_eq!(answer, format!("{number} x {number} is {} and {parity}", number * number));
    }
    block_on(square::cache().invalidate_by_tag("odd")).unwrap();
    println!("asked after {} runs", RUNS.load(Relaxed));
    loop {
        std::thread::park();
    }
}

/// How often the function ran in a process that was killed afterwards.
fn runs_of_a_process(folder: &Folder) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map_while(Result::ok).find_map(|line| {
        let (_, told) = line.split_once("asked after ")?;
        told.strip_suffix(" runs")?.parse().ok()
    });
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was killed");
    told.expect("it told how often the function ran")
}

#[test]
fn a_cache_answers_from_the_database_after_it_was_closed() {
    let folder = Folder::new();
    block_on(async {
        let users = cache(folder.open());
        let ada = users.get_or_fetch("user:7", || async { "Ada".to_string() }).await;
        assert_eq!(ada, "Ada");
        users.close().await.unwrap();
    });
    block_on(async {
        let users = cache(folder.open());
        let nobody = || async { "nobody".to_string() };
        assert_eq!(users.get_or_fetch("user:7", nobody).await, "Ada");
    });
}

#[test]
fn s_31_what_was_cleared_or_invalidated_is_gone_after_the_next_opening() {
    let folder = Folder::new();
    block_on(async {
        let users = cache(folder.open());
        for (key, tag) in [("user:7", "admins"), ("user:8", "guests")] {
            let options = EntryOptions::new().tag(tag);
            users.set_with(key.to_string(), "may enter".to_string(), options).await.unwrap();
        }
        users.invalidate_by_tag("admins").await.unwrap();
        users.close().await.unwrap();
    });
    block_on(async {
        let users = cache(folder.open());
        assert_eq!(users.get("user:7").await.unwrap(), None);
        assert!(users.get("user:8").await.unwrap().is_some());
        users.clear().await.unwrap();
        users.close().await.unwrap();
    });
    let users = cache(folder.open());
    assert_eq!(block_on(users.get("user:8")).unwrap(), None);
}

fn cache(storage: RocksDbStorage) -> Cache<String, String> {
    Cache::builder("users").max_entries(1_000).storage(storage).codec(Postcard).build().unwrap()
}

const NUMBERS: u64 = 200;
const NAME: &str = "s_37_a_synchronous_function_remembers_through_kills_of_its_process";
const CHILD: &str = "CACHEFN_ROCKSDB_CACHE_CHILD";
