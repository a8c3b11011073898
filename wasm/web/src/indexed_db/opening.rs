//! How the database is opened, and made where there is none. The events of the browser drive it, not whoever
//! waits: it comes to its end when all of them have gone.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::{
    IdbDatabase, IdbFactory, IdbIndexParameters, IdbObjectStoreParameters, IdbOpenDbRequest,
};

use crate::failure::Failure;

/// The end of one opening, for many who wait.
#[derive(Default)]
pub(super) struct Opening {
    end: OnceCell<Result<IdbDatabase, Failure>>,
    /// Whether somebody has waited in vain: nobody else does, then.
    pub(super) is_late: Cell<bool>,
    wakers: RefCell<Vec<Waker>>,
    /// Until it has ended.
    heard: RefCell<Vec<Closure<dyn FnMut()>>>,
}

impl Opening {
    /// Begins. `opened` is called in the event that brings the connection.
    pub(super) fn begin(name: &str, opened: impl FnOnce(&IdbDatabase) + 'static) -> Rc<Self> {
        let opening = Rc::new(Opening::default());
        if let Err(failure) = opening.ask(name, Some(VERSION), Box::new(opened)) {
            opening.ended(Err(failure));
        }
        opening
    }

    /// Waits for the end.
    pub(super) async fn wait(&self) -> Result<IdbDatabase, Failure> {
        std::future::poll_fn(|context| {
            if let Some(end) = self.end.get() {
                return Poll::Ready(end.clone());
            }
            self.wakers.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn ask(
        self: &Rc<Self>,
        name: &str,
        version: Option<u32>,
        opened: Opened,
    ) -> Result<(), Failure> {
        let factory = factory()?;
        let request = match version {
            Some(version) => factory.open_with_u32(name, version)?,
            None => factory.open(name)?, // as it is
        };
        let opened = Rc::new(Cell::new(Some(opened)));
        let succeeded: Closure<dyn FnMut()> = Closure::new({
            let (opening, request) = (Rc::clone(self), request.clone());
            let opened = Rc::clone(&opened);
            move || {
                let database = request.result().map(JsValue::unchecked_into::<IdbDatabase>);
                if let (Ok(database), Some(opened)) = (&database, opened.take()) {
                    opened(database);
                }
                opening.ended(database.map_err(Failure::from));
            }
        });
        let failed: Closure<dyn FnMut()> = Closure::new({
            let (opening, request, name) = (Rc::clone(self), request.clone(), name.to_owned());
            move || {
                let thrown = request.error().ok().flatten().map_or(JsValue::NULL, JsValue::from);
                let failure = match (Failure::from(thrown), opened.take()) {
                    // A later version of this program has been here: what it made may do.
                    (Failure::Newer, Some(opened)) if version.is_some() => {
                        match opening.ask(&name, None, opened) {
                            Ok(()) => return,
                            Err(failure) => failure,
                        }
                    }
                    (failure, _) => failure,
                };
                opening.ended(Err(failure));
            }
        });
        let upgrading: Closure<dyn FnMut()> = Closure::new({
            let request = request.clone();
            move || {
                if make_stores(&request).is_err() {
                    // Then the request fails, with the reason.
                    let _ = request.transaction().map(|transaction| transaction.abort());
                }
            }
        });
        request.set_onsuccess(Some(succeeded.as_ref().unchecked_ref()));
        request.set_onerror(Some(failed.as_ref().unchecked_ref()));
        request.set_onupgradeneeded(Some(upgrading.as_ref().unchecked_ref()));
        self.heard.borrow_mut().extend([succeeded, failed, upgrading]);
        Ok(())
    }

    fn ended(&self, end: Result<IdbDatabase, Failure>) {
        let _ = self.end.set(end); // there is one end
        drop(self.heard.take());
        self.wakers.take().into_iter().for_each(Waker::wake);
    }
}

/// What is told of the connection.
type Opened = Box<dyn FnOnce(&IdbDatabase)>;

/// Only reading the property may be refused already.
pub(super) fn factory() -> Result<IdbFactory, Failure> {
    let factory = js_sys::Reflect::get(&js_sys::global(), &"indexedDB".into())?;
    if factory.is_undefined() || factory.is_null() {
        return Err(Failure::Refused("there is no IndexedDB here".into()));
    }
    Ok(factory.unchecked_into())
}

fn make_stores(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.unchecked_into();
    if database.object_store_names().contains(STORE) {
        return Ok(());
    }
    let outside = IdbObjectStoreParameters::new();
    let store = database.create_object_store_with_optional_parameters(STORE, &outside)?;
    for index in [UNTIL, AT] {
        let many = IdbIndexParameters::new();
        store.create_index_with_str_and_optional_parameters(index, index, &many)?;
    }
    Ok(())
}

/// Where rows lie, under their names.
pub(super) const STORE: &str = "records";
/// By when they are of no use any more.
pub(super) const UNTIL: &str = "until";
/// By when they were written.
pub(super) const AT: &str = "at";
const VERSION: u32 = 1;
