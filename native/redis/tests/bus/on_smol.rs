//! Both ways on another executor, without tokio.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use cachefn_core::{BoxFuture, Bus, Cache, Notice, Postcard, Runtime, Storage};
use cachefn_redis::Redis;
use cachefn_servers::Server;

use crate::support::Ear;

/// Counts its tasks.
#[derive(Clone, Default)]
pub(crate) struct Smol(Arc<AtomicUsize>);

impl Runtime for Smol {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let running = self.0.clone();
        running.fetch_add(1, SeqCst);
        let counted = async move {
            task.await;
            running.fetch_sub(1, SeqCst);
        };
        smol::spawn(counted).detach();
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            smol::Timer::after(duration).await;
        })
    }
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        smol::Timer::after(Duration::from_millis(2)).await;
    }
}

fn open(storage: impl Storage, bus: &Arc<dyn Bus>) -> Cache<u32, u32> {
    let builder = Cache::<u32, u32>::builder("c").storage(storage).codec(Postcard);
    builder.bus(bus.clone()).build().unwrap()
}

/// A cache of a process of its own, and its bus.
async fn process(url: &str, tracks: bool, runtime: &Smol) -> (Cache<u32, u32>, Arc<dyn Bus>) {
    let redis = Redis::connect(url).await.unwrap();
    let often = Duration::from_millis(200);
    if tracks {
        let tracking = redis.tracking(runtime.clone()).check_every(often);
        let bus: Arc<dyn Bus> = Arc::new(tracking.clone());
        (open(tracking.storage(), &bus), bus)
    } else {
        let bus: Arc<dyn Bus> = Arc::new(redis.bus(runtime.clone()).check_every(often));
        (open(redis.storage(), &bus), bus)
    }
}

#[test]
fn h_38_on_smol_they_hear_each_other_lose_each_other_and_leave_no_task() {
    let redis = Server::start();
    for tracks in [false, true] {
        smol::block_on(async {
            let runtime = Smol::default();
            let (one, _) = process(&redis.url(), tracks, &runtime).await;
            let (other, bus) = process(&redis.url(), tracks, &runtime).await;
            let ear = Ear::opened(&bus);
            until("it hears", async || ear.has(&Notice::Restored) || ear.all().is_empty()).await;
            for round in 0..3 {
                one.set(1, round).await.unwrap();
                until("it is read", async || other.get(&1).await == Ok(Some(round))).await;
                one.delete(&1).await.unwrap();
                until("it is heard", async || other.get(&1).await == Ok(None)).await;
                ear.take();
                redis.cli(&["CLIENT", "KILL", "TYPE", "pubsub"]);
                until("it is back", async || ear.was_lost_and_restored()).await;
            }
            redis.stop();
            until("it is lost", async || ear.has(&Notice::Lost)).await;
            redis.cont();
            until("it is back", async || ear.was_lost_and_restored()).await;
            assert_eq!(runtime.0.load(SeqCst), 2, "one for each process");
            drop((one, other, ear));
            until("no task is left", async || runtime.0.load(SeqCst) == 0).await;
        });
    }
}
