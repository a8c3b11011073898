//! What the chapter on Redis says of all its parts together, while the server is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cachefn_core::{Bus, Cache, EntryOptions, ErrorKind, Notice, Postcard, Storage};
use cachefn_redis::{Redis, RedisBus, RedisStorage};
use cachefn_servers::Server;
use cachefn_tokio::{Guarded, Health, Outbox, State, TokioRuntime};

type Numbers = Cache<u32, u32>;

/// A process as the chapter puts it together.
struct Process {
    numbers: Numbers,
    outbox: Outbox<Guarded<RedisStorage>>,
    health: Health,
    bus: RedisBus,
}

impl Process {
    async fn start(url: &str, has_leases: bool) -> Self {
        let runtime = TokioRuntime::current().unwrap();
        let redis = Redis::connect(url).await.unwrap();
        let guarded = Guarded::builder(redis.storage(), runtime.clone()).open_after(1);
        let guarded = guarded.probe_every(Duration::from_millis(20)).build().unwrap();
        let health = guarded.health();
        let outbox = Outbox::new(guarded, runtime.clone()).health(&health).build().await.unwrap();
        let bus = redis.bus(runtime.clone());
        let (heard, hear) = (Arc::new(AtomicBool::new(false)), |notice| notice == Notice::Restored);
        let ears = Arc::clone(&heard);
        let _hearing = bus.subscribe(Arc::new(move |notice| {
            ears.fetch_or(hear(notice), Ordering::SeqCst);
        }));
        let numbers = Numbers::builder("numbers").storage(outbox.clone()).codec(Postcard);
        let mut numbers = numbers.bus(outbox.bus(bus.clone())).runtime(runtime);
        if has_leases {
            numbers = numbers.leases(redis.leases());
        }
        let numbers = numbers.build().unwrap();
        within(async {
            while !heard.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
        })
        .await;
        Process { numbers, outbox, health, bus }
    }

    /// Waits until the bus has noticed that the server is away.
    async fn notices(&self) {
        within(async {
            while self.bus.failure().is_none() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Waits until the server has what waited for it.
    async fn recovers(&self) {
        within(async {
            let mut status = self.health.status();
            while status.state != State::Healthy {
                status = self.health.changed(status.changes).await.unwrap();
            }
            self.outbox.flush().await.unwrap();
        })
        .await;
        assert_eq!(self.outbox.pending().entries, 0);
    }
}

async fn within(wait: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it happens in time");
}

/// Another process, which has nothing in memory.
async fn another(url: &str) -> Numbers {
    let storage = Redis::connect(url).await.unwrap().storage();
    Numbers::builder("numbers").storage(storage).codec(Postcard).build().unwrap()
}

async fn elsewhere(url: &str, key: u32) -> Option<u32> {
    another(url).await.get(&key).await.unwrap()
}

fn tagged(tag: &str) -> EntryOptions {
    EntryOptions::new().tags([tag])
}

#[tokio::test]
async fn s_36_writes_wait_also_when_the_bus_has_noticed_and_tags_were_invalidated() {
    let server = Server::start();
    let process = Process::start(&server.url(), false).await;
    let numbers = &process.numbers;
    numbers.set_with(1, 10, tagged("old")).await.unwrap();
    another(&server.url()).await.set(8, 80).await.unwrap();
    server.cli(&["SAVE"]);
    server.kill();
    process.notices().await;
    numbers.set(2, 20).await.unwrap();
    numbers.set_with(3, 30, tagged("old")).await.unwrap();
    numbers.invalidate_by_tag("of nobody").await.unwrap();
    numbers.set(4, 40).await.unwrap();
    numbers.set_many([(5, 50), (6, 60)]).await.unwrap();
    assert_eq!(numbers.delete(&1).await, Ok(true), "memory had it");
    assert_eq!(numbers.delete(&8).await, Ok(false), "only the server knows");
    assert_eq!(numbers.get(&8).await, Ok(None), "it is deleted here");
    // A read of what nobody has written is the storage's.
    assert!(numbers.get(&7).await.unwrap_err().is_retryable());
    assert_eq!(numbers.get_or_fetch(&7, async || 70).await, 70);
    assert!(process.outbox.pending().is_down);
    server.restart();
    process.recovers().await;
    for key in 2..7 {
        assert_eq!(elsewhere(&server.url(), key).await, Some(10 * key), "key {key}");
    }
    for key in [1, 8] {
        assert_eq!(elsewhere(&server.url(), key).await, None, "key {key} was deleted");
    }
}

#[tokio::test]
async fn s_36_what_waited_for_a_server_that_comes_back_empty_is_found_and_invalidations_hold() {
    let server = Server::start();
    let process = Process::start(&server.url(), false).await;
    let numbers = &process.numbers;
    numbers.set_with(1, 10, tagged("old")).await.unwrap();
    server.kill();
    process.notices().await;
    numbers.set(2, 20).await.unwrap();
    numbers.set_with(4, 40, tagged("old")).await.unwrap();
    numbers.invalidate_by_tag("old").await.unwrap();
    numbers.set_with(5, 50, tagged("old")).await.unwrap();
    numbers.set_many((100..200).map(|key| (key, key))).await.unwrap();
    server.restart();
    process.recovers().await;
    // The tokens that they began with are gone with the rest; others are in their place.
    assert_eq!(elsewhere(&server.url(), 2).await, Some(20));
    assert_eq!(elsewhere(&server.url(), 4).await, None, "it was invalidated");
    assert_eq!(elsewhere(&server.url(), 5).await, Some(50));
    let keys: Vec<u32> = (100..200).collect();
    let found = another(&server.url()).await.get_many(&keys).await.unwrap();
    assert_eq!(found, keys.into_iter().map(Some).collect::<Vec<_>>());
    numbers.invalidate_by_tag("old").await.unwrap();
    assert_eq!(elsewhere(&server.url(), 5).await, None);
    assert_eq!(process.numbers.get_or_fetch(&1, async || 11).await, 11);
    process.numbers.set(3, 30).await.unwrap();
    assert_eq!(elsewhere(&server.url(), 3).await, Some(30));
}

#[tokio::test]
async fn s_36_a_set_with_a_tag_that_is_new_to_the_process_waits_too() {
    let server = Server::start();
    let process = Process::start(&server.url(), false).await;
    process.numbers.set(1, 10).await.unwrap();
    let other = another(&server.url()).await;
    other.set_with(3, 30, tagged("of the other")).await.unwrap();
    server.cli(&["SAVE"]);
    server.kill();
    process.notices().await;
    process.numbers.set_with(2, 20, tagged("new")).await.unwrap();
    process.numbers.set_with(4, 40, tagged("of the other")).await.unwrap();
    server.restart();
    process.recovers().await;
    for key in 2..5 {
        assert_eq!(elsewhere(&server.url(), key).await, Some(10 * key), "key {key}");
    }
    let process = another(&server.url()).await;
    process.invalidate_by_tags(&["new", "of the other"]).await.unwrap();
    for key in 2..5 {
        assert_eq!(elsewhere(&server.url(), key).await, None, "key {key} is invalid");
    }
}

#[tokio::test]
async fn s_36_with_leases_a_write_waits_and_succeeds_as_without() {
    let server = Server::start();
    let process = Process::start(&server.url(), true).await;
    let numbers = &process.numbers;
    numbers.set(1, 10).await.unwrap();
    server.cli(&["SAVE"]);
    server.kill();
    process.notices().await;
    numbers.set(2, 20).await.unwrap();
    assert_eq!(numbers.delete(&1).await, Ok(true), "memory had it");
    assert_eq!(numbers.stats().lease_failures, 2, "which is told so");
    assert_eq!(numbers.get_or_fetch(&3, async || 30).await, 30);
    numbers.invalidate_by_tag("of nobody").await.unwrap();
    server.restart();
    process.recovers().await;
    assert_eq!(
        [elsewhere(&server.url(), 1).await, elsewhere(&server.url(), 2).await],
        [None, Some(20)]
    );
}

#[tokio::test]
async fn s_36_what_the_server_refuses_does_not_wait() {
    let server = Server::builder().acl("user app on >pw ~* &* +@all").start();
    let process = Process::start(&server.url_for("app", "pw"), false).await;
    process.numbers.set(1, 10).await.unwrap();
    server.cli(&["ACL", "SETUSER", "app", "-@write", "-@scripting"]);
    assert_eq!(process.numbers.set(2, 20).await.unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(process.outbox.pending().entries, 0);
    assert_eq!(process.health.state(), State::Healthy, "it answers");
}
