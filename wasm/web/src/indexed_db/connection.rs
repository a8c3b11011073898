//! The one connection to the database, which comes and goes: opened when it is needed, given up when somebody
//! wants to delete or change the database, and opened again.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::task::Poll;
use std::time::Duration;

use cachefn_core::Clock;
use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbObjectStore, IdbTransaction};

use super::deleting::delete;
use super::opening::{Opening, STORE};
use super::transaction::{Answers, Plan, run};
use crate::clock::BrowserClock;
use crate::failure::Failure;
use crate::runtime::sleep;

/// What a transaction may do, and how sure its end is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    /// Survives the end of the page and of the browser.
    Write,
    /// Survives the end of the machine, too.
    WriteToDisk,
}

/// The database of one name. Cloned by reference.
pub(super) struct Connection {
    name: String,
    limit: Duration,
    state: RefCell<State>,
    /// How often the database was made anew.
    anew: Cell<u32>,
}

enum State {
    None,
    Opening(Rc<Opening>),
    Open(Open),
    /// Closed until then, by the clock of the page, so that the browser may tidy up.
    Resting(u64),
    /// For good.
    Ended,
}

/// An open database that tells when it is wanted or lost.
struct Open {
    database: IdbDatabase,
    _heard: [Closure<dyn FnMut()>; 2],
}

impl Connection {
    pub(super) fn new(name: String, limit: Duration) -> Rc<Self> {
        let state = RefCell::new(State::None);
        Rc::new(Connection { name, limit, state, anew: Cell::new(0) })
    }

    /// Runs a transaction. A connection that is lost is opened again, once; then `plan` is asked again.
    pub(super) async fn transact(
        self: &Rc<Self>,
        mode: Mode,
        plan: impl Fn(&IdbObjectStore) -> Result<Plan, JsValue>,
    ) -> Result<Answers, Failure> {
        let mut again = true;
        loop {
            let database = self.open().await?;
            let done = match begin(&database, mode) {
                Ok((transaction, store)) => {
                    let plan = plan(&store);
                    run(transaction, store, plan).await
                }
                Err(failure) => Err(failure),
            };
            match done {
                Err(Failure::Lost(_)) if again => self.lose(&database),
                done => return done,
            }
            again = false;
        }
    }

    /// How often the database was made anew.
    pub(super) fn times_anew(&self) -> u32 {
        self.anew.get()
    }

    /// Deletes the database with all that is in it. The next transaction makes a new one.
    pub(super) async fn make_anew(&self) -> Result<(), Failure> {
        self.check()?;
        let before = self.state.replace(State::None);
        drop(before); // what it hears when it closes finds the new state
        self.anew.set(self.anew.get() + 1);
        within(self.limit, delete(&self.name)).await.unwrap_or(Err(Failure::Late))
    }

    /// Closes the connection for some seconds, in which everything fails at once.
    pub(super) fn rest(&self) {
        if self.check().is_ok() {
            let until = BrowserClock.mono_ms() + REST;
            let before = self.state.replace(State::Resting(until));
            drop(before); // what it hears when it closes finds the new state
        }
    }

    /// Whether it has not ended.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match *self.state.borrow() {
            State::Ended => Err(Failure::Closed),
            _ => Ok(()),
        }
    }

    /// Ends it for good.
    pub(super) fn end(&self) {
        let before = self.state.replace(State::Ended);
        drop(before); // what it hears when it closes finds the new state
    }

    async fn open(self: &Rc<Self>) -> Result<IdbDatabase, Failure> {
        let opening = {
            let mut state = self.state.borrow_mut();
            match &*state {
                State::Ended => return Err(Failure::Closed),
                State::Open(open) => return Ok(open.database.clone()),
                State::Opening(opening) => Rc::clone(opening),
                State::Resting(until) if BrowserClock.mono_ms() < *until => {
                    return Err(Failure::Full("it is giving back what was deleted".into()));
                }
                State::None | State::Resting(_) => {
                    let connection = Rc::downgrade(self);
                    let opened = move |database: &IdbDatabase| opened(&connection, database);
                    let opening = Opening::begin(&self.name, opened);
                    *state = State::Opening(Rc::clone(&opening));
                    opening
                }
            }
        };
        let end =
            if opening.is_late.get() { None } else { within(self.limit, opening.wait()).await };
        match end {
            None => {
                opening.is_late.set(true);
                Err(Failure::Late)
            }
            Some(Err(failure)) => {
                self.forget(&opening);
                Err(failure)
            }
            Some(Ok(database)) => Ok(database),
        }
    }

    /// The next one asks again.
    fn forget(&self, failed: &Rc<Opening>) {
        let mut state = self.state.borrow_mut();
        if matches!(&*state, State::Opening(opening) if Rc::ptr_eq(opening, failed)) {
            *state = State::None;
        }
    }

    /// Gives a connection up.
    fn lose(&self, lost: &IdbDatabase) {
        let is_it = matches!(&*self.state.borrow(), State::Open(open) if open.database == *lost);
        if is_it {
            let before = self.state.replace(State::None);
            drop(before); // what it hears when it closes finds the new state
        }
    }
}

/// Takes a connection that has come, unless nobody wants it any more.
fn opened(connection: &Weak<Connection>, database: &IdbDatabase) {
    let Some(owner) = connection.upgrade() else { return database.close() };
    let gone = || {
        let (connection, database) = (Weak::clone(connection), database.clone());
        Closure::new(move || {
            database.close();
            connection.upgrade().iter().for_each(|connection| connection.lose(&database));
        })
    };
    let heard = [gone(), gone()];
    // Somebody wants to delete or to change the database; or the user has deleted it.
    database.set_onversionchange(Some(heard[0].as_ref().unchecked_ref()));
    database.set_onclose(Some(heard[1].as_ref().unchecked_ref()));
    let open = Open { database: database.clone(), _heard: heard };
    let mut state = owner.state.borrow_mut();
    // A dropped one closes itself.
    if matches!(&*state, State::Opening(_)) {
        *state = State::Open(open);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.set_onclose(None);
        self.database.close();
    }
}

fn begin(database: &IdbDatabase, mode: Mode) -> Result<(IdbTransaction, IdbObjectStore), Failure> {
    let options: Durable = Object::new().unchecked_into();
    options.set_durability(if mode == Mode::WriteToDisk { "strict" } else { "relaxed" });
    let mode = if mode == Mode::Read { "readonly" } else { "readwrite" };
    let typed: &Database = database.unchecked_ref();
    let transaction = typed.transaction(STORE, mode, &options).map_err(|thrown| {
        let has_store = database.object_store_names().contains(STORE);
        if has_store { thrown.into() } else { Failure::Foreign }
    })?;
    let store = transaction.object_store(STORE)?;
    Ok((transaction, store))
}

/// The end of a future, unless it takes longer than the limit.
async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut limit) = (pin!(future), pin!(sleep(limit)));
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(end) => Poll::Ready(Some(end)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// In milliseconds: Chromium tidies up two seconds after the last connection has gone.
const REST: u64 = 3_000;

#[wasm_bindgen]
extern "C" {
    /// A database whose transactions have options, which web-sys counts among what may still change.
    type Database;
    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Database,
        store: &str,
        mode: &str,
        options: &Durable,
    ) -> Result<IdbTransaction, JsValue>;

    /// Browsers that know no such option pass over it.
    type Durable;
    #[wasm_bindgen(method, setter)]
    fn set_durability(this: &Durable, durability: &str);
}
