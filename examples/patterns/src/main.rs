//! Four ways to put a cache before a slow table, and what each of them asks of the table.

mod table;

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Cache, Error, ManualClock, Runtime};
use table::Table;

const MINUTE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Error> {
    pollster::block_on(async {
        cache_aside().await?;
        read_through().await?;
        refresh_ahead().await?;
        negative_caching().await
    })
}

/// The caller knows both: it asks the cache, and what that does not have, the table.
async fn cache_aside() -> Result<(), Error> {
    let table = Table::new();
    let names = Cache::<u32, String>::builder("aside").ttl(5 * MINUTE).build()?;
    for _ in 0..3 {
        names.get_or_fetch(&7, || table.read(7)).await?;
    }
    table.write(7, "Ada King");
    names.delete(&7).await?; // after the write, so that a load that ran meanwhile is not kept
    let name = names.get_or_fetch(&7, || table.read(7)).await?;
    println!("cache-aside:      4 look-ups, {} reads of the table; {name}", table.reads());
    Ok(())
}

/// The cache knows the table: callers only know the cache.
async fn read_through() -> Result<(), Error> {
    let table = Arc::new(Table::new());
    let source = table.clone();
    let names = Cache::<u32, Option<String>>::builder("through")
        .ttl(5 * MINUTE)
        .fetcher(move |id| {
            let source = source.clone();
            async move { source.read(id).await.ok() }
        })
        .build()?;
    for _ in 0..3 {
        names.get(&7).await?;
    }
    let name = names.get(&7).await?.flatten().unwrap_or_default();
    println!("read-through:     4 look-ups, {} read of the table; {name}", table.reads());
    Ok(())
}

/// Entries that are in use are read anew before they end, beside the callers: nobody waits.
async fn refresh_ahead() -> Result<(), Error> {
    let (table, clock, threads) = (Arc::new(Table::new()), ManualClock::new(), Threads::default());
    let source = table.clone();
    let names = Cache::<u32, Option<String>>::builder("ahead")
        .ttl(5 * MINUTE)
        .refresh_after(0.75)
        .runtime(threads.clone())
        .clock(clock.clone())
        .fetcher(move |id| {
            let source = source.clone();
            async move { source.read(id).await.ok() }
        })
        .build()?;
    names.get(&7).await?;
    table.write(7, "Ada King");
    clock.advance(4 * MINUTE);
    let before = names.get(&7).await?.flatten().unwrap_or_default();
    threads.join();
    let after = names.get(&7).await?.flatten().unwrap_or_default();
    println!("refresh-ahead:    one minute before its end: {before}, at once; then {after}");
    Ok(())
}

/// That there is nothing is an answer, too; but one that is asked again sooner.
async fn negative_caching() -> Result<(), Error> {
    let (table, clock) = (Table::new(), ManualClock::new());
    let names = Cache::<u32, Option<String>>::builder("negative")
        .ttl(5 * MINUTE)
        .negative_ttl(Duration::from_secs(10))
        .clock(clock.clone())
        .build()?;
    let find = || async { table.read(99).await.ok() };
    for _ in 0..3 {
        names.get_or_fetch(&99, find).await;
    }
    let before = table.reads();
    table.write(99, "Grace");
    clock.advance(Duration::from_secs(10));
    let name = names.get_or_fetch(&99, find).await.unwrap_or_default();
    println!("negative caching: 3 look-ups of nobody, {before} read; ten seconds later {name}");
    Ok(())
}

/// A thread for each task; to be joined, so that the output is always the same.
#[derive(Clone, Default)]
struct Threads(Arc<std::sync::Mutex<Vec<std::thread::JoinHandle<()>>>>);

impl Threads {
    fn join(&self) {
        let running = std::mem::take(&mut *self.0.lock().expect("no thread panics with it"));
        for thread in running {
            thread.join().expect("a refresh does not panic");
        }
    }
}

impl Runtime for Threads {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let thread = std::thread::spawn(|| pollster::block_on(task));
        self.0.lock().expect("no thread panics with it").push(thread);
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending()) // nothing here has a time limit
    }
}
