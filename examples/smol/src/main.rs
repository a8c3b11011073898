//! The cache on smol: what it asks of an executor is two functions, and it asks them only for what
//! happens beside its callers.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use cachefn_core::{BoxFuture, Cache, Error, ManualClock, Runtime, cachefn};

/// All that connects the two.
struct Smol;

impl Runtime for Smol {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        smol::spawn(task).detach();
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            smol::Timer::after(duration).await;
        })
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);

/// In the last half of its minute a call returns at once, and renews the value beside it.
#[cachefn(ttl = "1m", refresh_after = 0.5, load_timeout = "5s", runtime = Smol)]
async fn weather(city: String) -> String {
    RUNS.fetch_add(1, Relaxed);
    smol::Timer::after(Duration::from_millis(20)).await;
    format!("rain in {city}")
}

const SECOND: Duration = Duration::from_secs(1);

fn main() -> Result<(), Error> {
    smol::block_on(async {
        let clock = ManualClock::new(); // so that values end when this program says so
        let pages = Cache::<String, String>::builder("pages")
            .ttl(60 * SECOND)
            .stale_while_revalidate(60 * SECOND)
            .load_timeout(10 * SECOND)
            .runtime(Smol)
            .clock(clock.clone())
            .build()?;
        let server = Arc::new(Server::default());

        println!("1. 1,000 tasks ask for one page at once.");
        let tasks: Vec<_> =
            (0..1_000).map(|_| smol::spawn(read(pages.clone(), server.clone()))).collect();
        for task in tasks {
            task.await;
        }
        println!("   the server was asked {} time", server.asked());

        println!(
            "2. The page is stale: whoever asks gets the old one now, the new one is on its way."
        );
        clock.advance(60 * SECOND);
        let page = read(pages.clone(), server.clone()).await;
        println!("   {page}");
        let page = until(|| async { pages.peek("/").await.ok().flatten() }).await;
        println!("   a moment later: {page}");

        println!("3. A caller that goes away does not take the load with it.");
        let impatient = smol::spawn(other(pages.clone(), server.clone()));
        while server.asked() < 3 {
            smol::future::yield_now().await;
        }
        drop(impatient); // in the middle of the load
        let page = until(|| async { pages.peek("/other").await.ok().flatten() }).await;
        println!("   {page} is there all the same; the server was asked {} times", server.asked());

        println!("4. The same in one line above a function.");
        let tasks: Vec<_> = (0..100).map(|_| smol::spawn(weather("Rome".to_string()))).collect();
        for task in tasks {
            task.await;
        }
        println!("   100 tasks, {} run: {}", RUNS.load(Relaxed), weather("Rome".into()).await);
        Ok(())
    })
}

/// The fetcher owns what it uses, so the runtime may finish it without its caller.
async fn read(pages: Cache<String, String>, server: Arc<Server>) -> String {
    pages.get_or_fetch_shared("/", move || async move { server.page("/").await }).await
}

async fn other(pages: Cache<String, String>, server: Arc<Server>) -> String {
    pages.get_or_fetch_shared("/other", move || async move { server.page("/other").await }).await
}

/// Something slow that counts.
#[derive(Default)]
struct Server(AtomicU32);

impl Server {
    async fn page(&self, path: &str) -> String {
        let edition = self.0.fetch_add(1, Relaxed) + 1;
        smol::Timer::after(DELAY).await;
        format!("{path} (edition {edition})")
    }

    fn asked(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

/// Asks until there is an answer.
async fn until<F: Future<Output = Option<String>>>(mut ask: impl FnMut() -> F) -> String {
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        smol::Timer::after(Duration::from_millis(5)).await;
    }
}

const DELAY: Duration = Duration::from_millis(200);
