//! Ears, and waits for what is going to happen.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cachefn_core::{BoxFuture, Bus, Hearing, Message, Notice, Runtime};
use cachefn_redis::{Redis, RedisBus};

/// Runs tasks on tokio, and counts those that have not ended.
#[derive(Clone)]
pub(crate) struct Tasks(tokio::runtime::Handle, Arc<()>);

impl Tasks {
    pub(crate) fn here() -> Self {
        Tasks(tokio::runtime::Handle::current(), Arc::new(()))
    }

    pub(crate) fn running(&self) -> usize {
        Arc::strong_count(&self.1)
    }
}

impl Runtime for Tasks {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let running = self.1.clone();
        self.0.spawn(async move {
            task.await;
            drop(running);
        });
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Waits until it is so. That takes as long as it takes, but not for ever.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Hears what passes on a bus.
pub(crate) struct Ear {
    heard: Arc<Mutex<Vec<Notice>>>,
    _hearing: Hearing,
}

impl Ear {
    /// One that hears already.
    pub(crate) async fn on(bus: &impl Bus) -> Self {
        let ear = Ear::opened(bus);
        until("the subscription holds", || ear.has(&Notice::Restored)).await;
        ear.take();
        ear
    }

    pub(crate) fn opened(bus: &impl Bus) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = heard.clone();
        let hear = Arc::new(move |notice| told.lock().unwrap().push(notice));
        Ear { heard, _hearing: bus.subscribe(hear) }
    }

    pub(crate) fn has(&self, notice: &Notice) -> bool {
        self.heard.lock().unwrap().contains(notice)
    }

    pub(crate) fn all(&self) -> Vec<Notice> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        let messages = self.all().into_iter().filter_map(|notice| match notice {
            Notice::Message(message) => Some(message),
            _ => None,
        });
        messages.collect()
    }
}

/// A bus of its own, as another process has it.
pub(crate) async fn bus_at(url: &str) -> RedisBus {
    bus_on(url, Tasks::here()).await
}

pub(crate) async fn bus_on(url: &str, tasks: Tasks) -> RedisBus {
    Redis::connect(url).await.unwrap().bus(tasks)
}
