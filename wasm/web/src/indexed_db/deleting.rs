//! How the database is deleted.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::IdbOpenDbRequest;

use super::opening::factory;
use crate::failure::Failure;

/// Deletes a database: done when all connections to it have gone. Dropped, it goes on by itself.
pub(super) async fn delete(name: &str) -> Result<(), Failure> {
    let deleting = Deleting::begin(factory()?.delete_database(name)?);
    std::future::poll_fn(|context| {
        let mut told = deleting.told.borrow_mut();
        if let Some(succeeded) = told.0 {
            return Poll::Ready(succeeded);
        }
        told.1 = Some(context.waker().clone());
        Poll::Pending
    })
    .await
    .then_some(())
    .ok_or_else(|| Failure::Refused("the database could not be deleted".into()))
}

/// A request whose end is heard for as long as this is there.
struct Deleting {
    request: IdbOpenDbRequest,
    /// Whether it succeeded, and who waits for that.
    told: Rc<RefCell<(Option<bool>, Option<Waker>)>>,
    _heard: [Closure<dyn FnMut()>; 2],
}

impl Deleting {
    fn begin(request: IdbOpenDbRequest) -> Self {
        let told: Rc<RefCell<(Option<bool>, Option<Waker>)>> = Rc::default();
        let heard = [true, false].map(|succeeded| {
            let told = Rc::clone(&told);
            Closure::<dyn FnMut()>::new(move || {
                let waker = {
                    let mut told = told.borrow_mut();
                    told.0 = Some(succeeded);
                    told.1.take()
                };
                waker.into_iter().for_each(Waker::wake);
            })
        });
        request.set_onsuccess(Some(heard[0].as_ref().unchecked_ref()));
        request.set_onerror(Some(heard[1].as_ref().unchecked_ref()));
        Deleting { request, told, _heard: heard }
    }
}

impl Drop for Deleting {
    fn drop(&mut self) {
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
    }
}
