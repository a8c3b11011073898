//! The first ten minutes: a cached function, a cache by hand, one load for many callers, invalidation.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use cachefn_core::{Cache, EntryOptions, Error, Glob, ManualClock, cachefn};

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Imagine something slow. The arguments are the key.
#[cachefn(ttl = "5m", max_entries = 10_000, tags = ["user:{id}"])]
fn rights(id: u32, area: &str) -> String {
    RUNS.fetch_add(1, Relaxed);
    format!("user {id} may read {area}")
}

/// An asynchronous function is cached by the same line.
#[cachefn(ttl = "1h")]
async fn page(path: &str) -> Result<String, std::io::Error> {
    RUNS.fetch_add(1, Relaxed);
    if path.starts_with('/') {
        Ok(format!("the page {path}"))
    } else {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

fn main() -> Result<(), Error> {
    println!("1. One line above a function.");
    rights(7, "eu");
    println!("   {}; asked twice, run {} time", rights(7, "eu"), RUNS.load(Relaxed));
    rights::cache().invalidate_by_tag("user:7");
    rights(7, "eu");
    println!("   its tag invalidated, asked again: run {} times", RUNS.load(Relaxed));
    pollster::block_on(async {
        RUNS.store(0, Relaxed);
        for path in ["/", "/", "nowhere", "nowhere"] {
            let _ = page(path).await; // of a Result only the success is kept
        }
        println!(
            "   two pages, each asked for twice, one not there: run {} times",
            RUNS.load(Relaxed)
        );
    });

    println!("2. A cache by hand, for asynchronous code; whatever executor drives it.");
    pollster::block_on(by_hand())
}

async fn by_hand() -> Result<(), Error> {
    let clock = ManualClock::new(); // only so that nobody has to wait here
    let users = Cache::<String, String>::builder("users")
        .max_entries(10_000)
        .ttl(Duration::from_secs(60))
        .stale_if_error(Duration::from_secs(3600))
        .clock(clock.clone())
        .build()?;
    let name = users.get_or_fetch("user:7", || async { "Ada".to_string() }).await;
    println!("   user 7 is {name}; again, from memory: {:?}", users.get("user:7").await?);

    let fetched = AtomicU32::new(0);
    at_once(16, || {
        let fetch = || async {
            fetched.fetch_add(1, Relaxed);
            std::thread::sleep(Duration::from_millis(20)); // a slow answer
            "Grace".to_string()
        };
        pollster::block_on(users.get_or_fetch("user:8", fetch));
    });
    println!("   16 threads asked for user 8 at once: {} fetch", fetched.load(Relaxed));

    println!("3. Values end in time, and may bridge a failure.");
    clock.advance(Duration::from_secs(60));
    println!("   after its TTL, get: {:?}", users.get("user:7").await?);
    let down = || async { Err("the database is down") };
    println!("   and a fetch that fails: {:?}", users.get_or_fetch("user:7", down).await);

    println!("4. Tags and patterns.");
    for (id, team) in [(1, "red"), (2, "blue"), (3, "red")] {
        let options = EntryOptions::new().tag(format!("team:{team}"));
        users.set_with(format!("member:{id}"), team.to_uppercase(), options).await?;
    }
    users.invalidate_by_tag("team:red").await?;
    let members = users.get_many(["member:1", "member:2", "member:3"]).await?;
    println!("   the red team is invalidated: {members:?}");
    let gone = users.invalidate_by_pattern(&Glob::new("member:*")?).await?;
    println!("   all that matches member:* is removed: {gone} entry");

    let stats = users.stats();
    let (loads, failures, sets) = (stats.loads, stats.load_failures, stats.sets);
    println!("5. What it counted: {loads} loads, {failures} failure, {sets} values stored");
    Ok(())
}

/// Calls something from many threads at the same time.
fn at_once(threads: usize, call: impl Fn() + Sync) {
    let gate = Barrier::new(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                gate.wait();
                call();
            });
        }
    });
}
