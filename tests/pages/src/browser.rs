//! What tests do with a browser behind the back of the storages.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use cachefn_core::Runtime;
use cachefn_wasm::{BrowserRuntime, Builder, IndexedDb};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest, Storage};

/// A storage in the database of this name.
pub(crate) fn storage(name: &str) -> IndexedDb {
    patient().database(name).build()
}

/// Where other suites keep the disk busy, databases take longer to open than a program waits by default.
pub(crate) fn patient() -> Builder {
    IndexedDb::builder().open_timeout(Duration::from_secs(120))
}

/// The browser's databases.
pub(crate) fn databases() -> IdbFactory {
    global("indexedDB").unchecked_into()
}

pub(crate) fn local_storage() -> Storage {
    global("localStorage").unchecked_into()
}

pub(crate) fn session_storage() -> Storage {
    global("sessionStorage").unchecked_into()
}

fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).expect("tests that use it run where it is")
}

/// Whether a request succeeded; an upgrade is left to `upgrade`.
pub(crate) async fn ended(request: &IdbOpenDbRequest, upgrade: fn(&IdbDatabase)) -> bool {
    let state: Rc<RefCell<(Option<bool>, Option<Waker>)>> = Rc::default();
    let told = |succeeded| {
        let state = Rc::clone(&state);
        Closure::<dyn FnMut()>::new(move || {
            let waker = {
                let mut state = state.borrow_mut();
                state.0 = Some(succeeded);
                state.1.take()
            };
            waker.into_iter().for_each(Waker::wake);
        })
    };
    let (succeeded, failed) = (told(true), told(false));
    let upgrading: Closure<dyn FnMut()> = Closure::new({
        let request = request.clone();
        move || upgrade(request.result().expect("it is being upgraded").unchecked_ref())
    });
    request.set_onsuccess(Some(succeeded.as_ref().unchecked_ref()));
    request.set_onerror(Some(failed.as_ref().unchecked_ref()));
    request.set_onupgradeneeded(Some(upgrading.as_ref().unchecked_ref()));
    std::future::poll_fn(|context| {
        let mut state = state.borrow_mut();
        if let Some(succeeded) = state.0 {
            return Poll::Ready(succeeded);
        }
        state.1 = Some(context.waker().clone());
        Poll::Pending
    })
    .await
}

/// Opens a database, as another program would.
pub(crate) async fn open(
    name: &str,
    version: u32,
    upgrade: fn(&IdbDatabase),
) -> Option<IdbDatabase> {
    let request = databases().open_with_u32(name, version).ok()?;
    let succeeded = ended(&request, upgrade).await;
    succeeded.then(|| request.result().ok().map(JsValue::unchecked_into)).flatten()
}

/// Deletes a database, as the user or another program would.
pub(crate) async fn delete(name: &str) -> bool {
    match databases().delete_database(name) {
        Ok(request) => ended(&request, |_| ()).await,
        Err(_) => false,
    }
}

/// Lets the page hear its events.
pub(crate) async fn turn() {
    BrowserRuntime::new().sleep(Duration::from_millis(1)).await;
}

#[wasm_bindgen]
extern "C" {
    /// Where the person reads who looks for a failure.
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn tell(text: &str);
}
