//! A transaction as a future: its requests, those that depend on their answers, and its end.
//!
//! What depends on an answer is asked in the very event that brings it: a transaction ends as soon as it has
//! nothing to do, and nobody knows when a future is polled.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::{IdbObjectStore, IdbRequest, IdbTransaction};

use crate::failure::Failure;

/// Requests of a transaction, in the order in which they are answered.
pub(super) type Requests = Vec<IdbRequest>;

/// What a transaction asks for.
pub(super) struct Plan {
    pub(super) first: Requests,
    /// What it asks for when all of those are answered.
    pub(super) then: Option<Then>,
}

/// Sees the answers so far.
pub(super) type Then = Box<dyn FnOnce(&IdbObjectStore, &[IdbRequest]) -> Result<Requests, JsValue>>;

/// What it was told.
pub(super) struct Answers {
    pub(super) first: Requests,
    pub(super) then: Requests,
}

/// Runs a plan to the end of the transaction: what it wrote is seen by all who come later.
///
/// Dropped, it leaves the transaction to itself: what was asked for happens.
pub(super) async fn run(
    transaction: IdbTransaction,
    store: IdbObjectStore,
    plan: Result<Plan, JsValue>,
) -> Result<Answers, Failure> {
    let Plan { first, then } = match plan {
        Ok(plan) => plan,
        Err(thrown) => {
            let _ = transaction.abort(); // it fails only when that has happened already
            return Err(thrown.into());
        }
    };
    let first = Rc::new(first);
    let shared = Rc::new(Shared::default());
    let later = then.map(|then| later(&transaction, store, then, &first, &shared));
    let running = Running::watch(transaction, first.last().cloned(), later, Rc::clone(&shared));
    std::future::poll_fn(|context| {
        if let Some(end) = shared.end.borrow_mut().take() {
            return Poll::Ready(end);
        }
        *shared.waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    })
    .await?;
    drop(running);
    let then = shared.then.take();
    Ok(Answers { first: Rc::unwrap_or_clone(first), then })
}

/// The event in which the rest is asked for.
fn later(
    transaction: &IdbTransaction,
    store: IdbObjectStore,
    then: Then,
    first: &Rc<Requests>,
    shared: &Rc<Shared>,
) -> Closure<dyn FnMut()> {
    let (transaction, first, shared) = (transaction.clone(), Rc::clone(first), Rc::clone(shared));
    Closure::once(move || match then(&store, &first) {
        Ok(requests) => *shared.then.borrow_mut() = requests,
        Err(thrown) => {
            shared.failed(thrown.into());
            let _ = transaction.abort(); // it fails only when that has happened already
        }
    })
}

/// What the events leave for the future.
#[derive(Default)]
struct Shared {
    end: RefCell<Option<Result<(), Failure>>>,
    then: RefCell<Requests>,
    waker: RefCell<Option<Waker>>,
}

impl Shared {
    /// The first word stays: what comes after is its consequence.
    fn failed(&self, failure: Failure) {
        self.end.borrow_mut().get_or_insert(Err(failure));
    }

    fn wake(&self) {
        let waker = self.waker.borrow_mut().take();
        waker.into_iter().for_each(Waker::wake);
    }
}

/// A transaction whose events are heard for as long as this is there.
struct Running {
    transaction: IdbTransaction,
    last: Option<IdbRequest>,
    _heard: Vec<Closure<dyn FnMut()>>,
}

impl Running {
    fn watch(
        transaction: IdbTransaction,
        last: Option<IdbRequest>,
        later: Option<Closure<dyn FnMut()>>,
        shared: Rc<Shared>,
    ) -> Self {
        let completed: Closure<dyn FnMut()> = Closure::new({
            let shared = Rc::clone(&shared);
            move || {
                shared.end.borrow_mut().get_or_insert(Ok(()));
                shared.wake();
            }
        });
        let aborted: Closure<dyn FnMut()> = Closure::new({
            let transaction = transaction.clone();
            move || {
                let error = transaction.error().map_or(JsValue::NULL, JsValue::from);
                shared.failed(error.into());
                shared.wake();
            }
        });
        transaction.set_oncomplete(Some(completed.as_ref().unchecked_ref()));
        transaction.set_onabort(Some(aborted.as_ref().unchecked_ref()));
        let mut heard = vec![completed, aborted];
        if let (Some(last), Some(later)) = (&last, later) {
            last.set_onsuccess(Some(later.as_ref().unchecked_ref()));
            heard.push(later);
        }
        Running { transaction, last, _heard: heard }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.transaction.set_oncomplete(None);
        self.transaction.set_onabort(None);
        if let Some(last) = &self.last {
            last.set_onsuccess(None);
        }
    }
}
