//! The executor that every page and worker has: microtasks and timers.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Runtime};
use wasm_bindgen::prelude::*;

use crate::platform::install;

/// Runs tasks between the events of a page or a worker, and waits by its timers. Browsers slow the timers
/// of pages that nobody sees down, to one in a minute at the worst, so limits may come late there; worklets
/// have none, and no limit ever passes.
///
/// ```no_run
/// use cachefn_core::Cache;
/// use cachefn_wasm::BrowserRuntime;
/// use std::time::Duration;
///
/// let users = Cache::<u64, String>::builder("users")
///     .runtime(BrowserRuntime::new())
///     .load_timeout(Duration::from_secs(5))
///     .build()?;
/// assert_eq!(users.name(), "users");
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BrowserRuntime(());

impl BrowserRuntime {
    /// The executor of this page or worker; it also calls [`install`](crate::install).
    ///
    /// ```no_run
    /// use cachefn_core::Runtime;
    /// cachefn_wasm::BrowserRuntime::new().spawn(Box::pin(async { assert_eq!(6 * 7, 42) }));
    /// ```
    #[allow(
        clippy::new_without_default,
        reason = "a default value that installs something surprises"
    )]
    pub fn new() -> Self {
        install();
        BrowserRuntime(())
    }
}

impl Runtime for BrowserRuntime {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(task);
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(sleep(duration))
    }
}

/// Ready once the duration has passed. No timer is left behind when the future is dropped.
pub(crate) async fn sleep(duration: Duration) {
    let mut left = duration.as_nanos().div_ceil(1_000_000); // never too early
    while left > 0 {
        let step = left.min(LONGEST);
        Timer::start(step as i32).await;
        left -= step;
    }
}

/// One timer of the browser.
struct Timer {
    rung: Rc<RefCell<(bool, Option<Waker>)>>,
    id: Option<JsValue>,
    _ring: Closure<dyn FnMut()>,
}

impl Timer {
    fn start(ms: i32) -> impl Future<Output = ()> {
        let rung = Rc::new(RefCell::new((false, None::<Waker>)));
        let ring = Closure::new({
            let rung = Rc::clone(&rung);
            move || {
                let waker = {
                    let mut rung = rung.borrow_mut();
                    rung.0 = true;
                    rung.1.take()
                };
                waker.into_iter().for_each(Waker::wake);
            }
        });
        // Where there are no timers it never rings.
        let id = set_timeout(&ring, ms).ok();
        let timer = Timer { rung, id, _ring: ring };
        std::future::poll_fn(move |context| {
            let mut rung = timer.rung.borrow_mut();
            if rung.0 {
                return Poll::Ready(());
            }
            rung.1 = Some(context.waker().clone());
            Poll::Pending
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            // There is a clearTimeout where there was a setTimeout.
            let _ = clear_timeout(id);
        }
    }
}

/// In milliseconds: a timer counts in 32 bits, and rings at once when told more.
const LONGEST: u128 = i32::MAX as u128;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(ring: &Closure<dyn FnMut()>, ms: i32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(id: &JsValue) -> Result<(), JsValue>;
}
