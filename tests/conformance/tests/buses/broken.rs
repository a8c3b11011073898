//! A bus over another that makes one mistake.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, TryLockError};

use cachefn_conformance::{Connection, yield_now};
use cachefn_core::{BoxFuture, Bus, Error, Hear, Hearing, Invalidation, Message, Mode, Notice};

/// A mistake that somebody could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    ChangesTheOrigin,
    CutsLongMessages,
    DropsEverySeventh,
    DroppedInTheMiddleStaysLocked,
    ForgetsTheMode,
    ForgetsThoseWhoJoinAgain,
    HandleDoesNothing,
    HoldsALockWhileItTells,
    KeepsTheLastWhoJoined,
    LosesInSilence,
    NeverSaysRestored,
    OneBusForAll,
    RefusesForEverDuringALoss,
    SwapsNeighbours,
    TellsNewcomersNothingOfALoss,
    TellsOneOnly,
    TrimsTexts,
    SubscribesLaterInSilence,
}

use Mistake::*;

pub(crate) struct Broken {
    pub(crate) line: Connection,
    pub(crate) mistake: Mistake,
    pub(crate) number: usize,
    pub(crate) own: Arc<Own>,
}

/// What one connection remembers, to be wrong by.
#[derive(Default)]
pub(crate) struct Own {
    is_locked: AtomicBool,
    calls: AtomicU64,
    joined: AtomicU64,
    held_back: Mutex<Option<Message>>,
    lock: Mutex<()>,
}

impl Broken {
    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    /// The message as it is passed on.
    fn changed(&self, message: &Message) -> Message {
        let mut message = message.clone();
        match (self.mistake, &mut message.what) {
            (ChangesTheOrigin, _) => message.origin = 1,
            (CutsLongMessages, Invalidation::Keys(keys)) => keys.truncate(5_000),
            (ForgetsTheMode, Invalidation::Tags(_, mode) | Invalidation::Patterns(_, mode)) => {
                *mode = Mode::Remove;
            }
            (TrimsTexts, Invalidation::Keys(texts) | Invalidation::Tags(texts, _)) => {
                texts.iter_mut().for_each(|text| *text = text.trim().into());
            }
            _ => {}
        }
        message
    }

    /// What somebody hears of what arrives; `joined` says as the how manieth one came.
    fn hears(&self, hear: Hear, joined: u64) -> Hear {
        let (mistake, own, number) = (self.mistake, self.own.clone(), self.number);
        let has_begun = AtomicBool::new(false);
        Arc::new(move |notice| {
            match (&notice, mistake) {
                (Notice::Lost, LosesInSilence) | (Notice::Restored, NeverSaysRestored) => return,
                (Notice::Message(_), ForgetsThoseWhoJoinAgain) if joined > 2 => return,
                (Notice::Message(_), SubscribesLaterInSilence) if !has_begun.swap(true, SeqCst) => {
                    return;
                }
                (Notice::Message(_), KeepsTheLastWhoJoined)
                    if own.joined.load(SeqCst) != joined =>
                {
                    return;
                }
                (Notice::Message(message), TellsOneOnly)
                    if number as u128 != (message.origin + 1) % 3 =>
                {
                    return;
                }
                (_, HoldsALockWhileItTells) => {
                    let _held = own.lock.lock();
                    return hear(notice);
                }
                _ => {}
            }
            hear(notice);
        })
    }
}

impl Bus for Broken {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let message = self.changed(message);
            let call = self.own.calls.fetch_add(1, SeqCst);
            match self.mistake {
                DropsEverySeventh if call % 7 == 6 => return Ok(()),
                DroppedInTheMiddleStaysLocked => {
                    if self.own.is_locked.swap(true, SeqCst) {
                        return Err(Error::unavailable("publish", "the bus is locked"));
                    }
                    yield_now().await;
                    self.own.is_locked.store(false, SeqCst);
                }
                RefusesForEverDuringALoss if self.line.is_lost() => {
                    return Err(Error::unsupported("publish", "there is no connection"));
                }
                SwapsNeighbours if message.what == keys("7") => {
                    *self.own.held_back.lock().unwrap() = Some(message);
                    return Ok(());
                }
                _ => {}
            }
            self.line.publish(&message).await?;
            let held_back = self.own.held_back.lock().unwrap().take();
            match held_back {
                Some(message) => self.line.publish(&message).await,
                None => Ok(()),
            }
        })
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        let joined = self.own.joined.fetch_add(1, SeqCst) + 1;
        let hear = self.hears(hear, joined);
        if self.is(TellsNewcomersNothingOfALoss) {
            let is_new = AtomicBool::new(self.line.is_lost());
            let inner = hear;
            let hear: Hear = Arc::new(move |notice| {
                if !is_new.swap(false, SeqCst) {
                    inner(notice);
                }
            });
            return self.line.subscribe(hear);
        }
        let hearing = self.line.subscribe(hear);
        match self.mistake {
            HandleDoesNothing => {
                std::mem::forget(hearing);
                Box::new(())
            }
            HoldsALockWhileItTells => Box::new(Locked(self.own.clone(), Some(hearing))),
            _ => hearing,
        }
    }
}

/// Locks when it is dropped; where another implementation would wait for ever, this one says so.
struct Locked(Arc<Own>, Option<Box<dyn Any + Send + Sync>>);

impl Drop for Locked {
    fn drop(&mut self) {
        drop(self.1.take());
        let waits = matches!(self.0.lock.try_lock(), Err(TryLockError::WouldBlock));
        assert!(!waits || std::thread::panicking(), "the bus waits for itself");
    }
}

fn keys(key: &str) -> Invalidation {
    Invalidation::Keys(vec![key.into()])
}
