//! What a case has to work with: connections to a bus of its own, and a measure of how long to wait.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use cachefn_core::{
    BoxFuture, Bus, Error, Invalidation, MaybeSend, MaybeSync, Message, Notice, Runtime,
};

use super::ear::{Ear, shown};
use super::options::BusOptions;
use crate::failure::{Failure, Verdict, ensure};
use crate::interleave;

/// One connection to the bus of a case.
pub(super) type Line = Arc<dyn Bus>;

/// The bus of one case.
pub(super) struct BusStage<'a> {
    pub(super) connector: &'a dyn Connect,
    pub(super) place: u32,
    pub(super) options: &'a BusOptions,
}

impl BusStage<'_> {
    /// One more process.
    pub(super) async fn connect(&self) -> Result<Line, Failure> {
        self.connect_at(self.place).await
    }

    /// A process with a bus that no case has.
    pub(super) async fn connect_elsewhere(&self) -> Result<Line, Failure> {
        self.connect_at(u32::MAX - self.place).await
    }

    async fn connect_at(&self, place: u32) -> Result<Line, Failure> {
        let words =
            |error| Failure(format!("connect: expected a connection, got the error {error}"));
        self.connector.connect(place).await.map_err(words)
    }

    /// Somebody who hears what is said from now on.
    pub(super) async fn listen(&self, line: &Line) -> Result<Ear, Failure> {
        let ear = Ear::open(&**line);
        if ear.is_lost() {
            self.until(&ear, "subscribe: to be told that messages arrive", |ear| !ear.is_lost())
                .await?;
        }
        ear.forget();
        Ok(ear)
    }

    /// So many processes, each with somebody who hears.
    pub(super) async fn meet(&self, number: usize) -> Result<Vec<(Line, Ear)>, Failure> {
        let mut all = Vec::new();
        for _ in 0..number {
            let line = self.connect().await?;
            let ear = self.listen(&line).await?;
            all.push((line, ear));
        }
        Ok(all)
    }

    /// Waits until it is so.
    pub(super) async fn until(
        &self,
        ear: &Ear,
        what: &str,
        is_so: impl Fn(&Ear) -> bool + MaybeSend + MaybeSync,
    ) -> Verdict {
        let came = self.wait(|context| {
            ear.wakes(context);
            is_so(ear)
        });
        let came = came.await;
        ensure(came, || format!("expected {what}, and it never came; heard was {}", ear.shown()))
    }

    /// Waits until the ear has heard all of it.
    pub(super) async fn hears(&self, ear: &Ear, message: &Message) -> Verdict {
        self.until(ear, &format!("{} to be heard", shown(message)), |ear| ear.heard(message)).await
    }

    /// Says it until the ear has heard it, or is told that it may have been missed; then again when it hears.
    pub(super) async fn says_to(&self, line: &Line, ear: &Ear, message: &Message) -> Verdict {
        let what = format!("{} to be heard, or Lost to be told", shown(message));
        let ends = |ear: &Ear| ear.heard(message) || ear.was_told(&Notice::Lost);
        for _ in 0..3 {
            line.publish(message).await?;
            self.until(ear, &what, ends).await?;
            if ear.heard(message) {
                return Ok(());
            }
            self.until(ear, "Lost to be followed by Restored", |ear| !ear.is_lost()).await?;
            ear.forget();
        }
        self.hears(ear, message).await
    }

    /// Says it again until that works, because a way that was lost may need a while.
    pub(super) async fn says_at_last(&self, line: &Line, message: &Message) -> Verdict {
        let tries = match &self.options.runtime {
            Some(_) => self.options.patience.as_millis() / TICK.as_millis() + 1,
            None => POLLS as u128,
        };
        let mut last = Ok(());
        for _ in 0..tries {
            last = line.publish(message).await;
            if last.is_ok() {
                break;
            }
            match &self.options.runtime {
                Some(runtime) => runtime.sleep(TICK).await,
                None => interleave::yield_now().await,
            }
        }
        Ok(last?)
    }

    /// Whether it came to be so before there was no more patience.
    async fn wait(&self, mut is_so: impl FnMut(&mut Context<'_>) -> bool + MaybeSend) -> bool {
        let mut clock = self.options.runtime.as_deref().map(|runtime| Ticks {
            runtime,
            over: runtime.sleep(self.options.patience),
            next: runtime.sleep(TICK),
        });
        let mut polls = 0;
        std::future::poll_fn(|context| {
            if is_so(context) {
                return Poll::Ready(true);
            }
            match &mut clock {
                Some(clock) => clock.poll(context).map(|()| false),
                None if polls == POLLS => Poll::Ready(false),
                None => {
                    polls += 1;
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        })
        .await
    }

    pub(super) fn lose(&self) {
        self.options.breaks.iter().for_each(|breaks| breaks.lose.at(self.place));
    }

    pub(super) fn mend(&self) {
        self.options.breaks.iter().for_each(|breaks| breaks.mend.at(self.place));
    }
}

/// How long to wait, and when to look again: not all that is waited for wakes whoever waits.
struct Ticks<'r> {
    runtime: &'r dyn Runtime,
    over: BoxFuture<'static, ()>,
    next: BoxFuture<'static, ()>,
}

impl Ticks<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.next.as_mut().poll(context).is_ready() {
            self.next = self.runtime.sleep(TICK);
        }
        self.over.as_mut().poll(context)
    }
}

/// One key of the names `n`, by the process of this number.
pub(super) fn of_key(origin: u128, key: impl ToString) -> Message {
    Message::new("n", origin, Invalidation::Keys(vec![key.to_string()]))
}

/// A closure that connects, without its type.
pub(super) trait Connect: MaybeSend + MaybeSync {
    fn connect(&self, place: u32) -> BoxFuture<'_, Result<Line, Error>>;
}

/// [`Connect`] for the closures of callers.
pub(super) struct Connector<F, O>(pub(super) F, pub(super) PhantomData<fn() -> O>);

impl<F, O, B> Connect for Connector<F, O>
where
    F: Fn(u32) -> O + MaybeSend + MaybeSync,
    O: Future<Output = Result<B, Error>> + MaybeSend,
    B: Bus,
{
    fn connect(&self, place: u32) -> BoxFuture<'_, Result<Line, Error>> {
        let connected = (self.0)(place);
        Box::pin(async { connected.await.map(|bus| Arc::new(bus) as Line) })
    }
}

const TICK: Duration = Duration::from_millis(10);
const POLLS: usize = 64;
