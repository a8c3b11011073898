//! Records in `localStorage` or `sessionStorage`, as the cache sees them.

mod items;
mod room;
mod texts;

use std::fmt;
use std::rc::Rc;

use bytes::Bytes;
use cachefn_core::{Capabilities, Clock, Error, Found, Keep, Page, Storage};

use crate::clock::BrowserClock;
use crate::platform::install;
use items::{Area, Own};

/// Records in `localStorage`, which all windows of a site share and which survives them, or in
/// `sessionStorage`, which is one tab's. Clones are the same storage.
///
/// Its futures never pend, so that synchronous functions can use it, too. There are about five megabytes for
/// the whole site: when they are used up, the records that are dead leave, then the oldest; nothing of other
/// programs is touched. A record is kept as base64 under `cachefn:` and its name, as the npm package keeps
/// it. One of more than a mebibyte is refused.
///
/// Workers have neither, and users may forbid it: then every call fails with an error of kind
/// `unavailable`, and cached functions go on without it.
///
/// ```no_run
/// use cachefn_core::{Keep, Storage};
/// use cachefn_wasm::WebStorage;
///
/// # async fn example() -> Result<(), cachefn_core::Error> {
/// let storage = WebStorage::local();
/// storage.set(b"users:7", b"Ada"[..].into(), Keep::default()).await?;
/// assert_eq!(storage.get(b"users:7").await?.unwrap().record, b"Ada"[..]);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct WebStorage(Rc<Inner>);

struct Inner {
    own: Own,
    clock: Box<dyn Clock>,
}

impl WebStorage {
    /// Records that survive the page and the browser.
    ///
    /// ```no_run
    /// use cachefn_core::Storage;
    /// assert!(cachefn_wasm::WebStorage::local().capabilities().is_immediate);
    /// ```
    pub fn local() -> Self {
        Self::of(Area::Local, PREFIX, Box::new(BrowserClock))
    }

    /// Records that survive a reload of the page, and end with its tab.
    ///
    /// ```no_run
    /// use cachefn_core::Storage;
    /// assert!(cachefn_wasm::WebStorage::session().capabilities().is_immediate);
    /// ```
    pub fn session() -> Self {
        Self::of(Area::Session, PREFIX, Box::new(BrowserClock))
    }

    /// The same with another prefix than `cachefn:` before every name: all that begins with it is this
    /// storage's, to be listed, and to be dropped when room is needed.
    ///
    /// # Errors
    /// Of kind `config` for one that could be that of other programs: without a `:` at its end.
    ///
    /// ```no_run
    /// use cachefn_wasm::WebStorage;
    /// assert!(WebStorage::local().with_prefix("shop:").is_ok());
    /// assert!(WebStorage::local().with_prefix("").is_err());
    /// ```
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        if prefix.len() < 2 || !prefix.ends_with(':') || prefix.starts_with("bytes:") {
            let advice =
                "a prefix of web storage has a name, which is not `bytes`, and ends with `:`";
            return Err(Error::config("with_prefix", format!("{advice}, such as `shop:`")));
        }
        Ok(Self::of(self.0.own.area(), prefix, Box::new(BrowserClock)))
    }

    fn of(area: Area, prefix: &str, clock: Box<dyn Clock>) -> Self {
        install();
        WebStorage(Rc::new(Inner { own: Own::new(area, prefix), clock }))
    }
}

impl Storage for WebStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let record = self.0.own.get(name).map_err(|failure| failure.told("get"))?;
        Ok(record.map(|record| Found::new(record.into())))
    }
    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        if record.len() > MAX_RECORD {
            let length = record.len();
            let text = format!(
                "a record of {length} bytes is too long for web storage; {MAX_RECORD} can be"
            );
            return Err(Error::unsupported("set", text));
        }
        let now = self.0.clock.wall_ms();
        room::set(&self.0.own, name, &record, now).map_err(|failure| failure.told("set"))
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.own.delete(name).map_err(|failure| failure.told("delete"))
    }
    fn capabilities(&self) -> Capabilities {
        let all = Capabilities::default().immediate().scanning().surviving();
        all.max_record(MAX_RECORD)
    }
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.0.own.names(prefix, cursor, limit).map_err(|failure| failure.told("scan"))
    }
    async fn flush(&self) -> Result<(), Error> {
        // The browser writes it out, and does not say when.
        self.0.own.check().map_err(|failure| failure.told("flush"))
    }
    async fn purge(&self) -> Result<usize, Error> {
        let now = self.0.clock.wall_ms();
        room::purge(&self.0.own, now).map_err(|failure| failure.told("purge"))
    }
    async fn close(&self) -> Result<(), Error> {
        self.0.own.close().map_err(|failure| failure.told("close"))
    }
}

impl fmt::Debug for WebStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebStorage").field("area", &self.0.own.area()).finish_non_exhaustive()
    }
}

const PREFIX: &str = "cachefn:";
/// In bytes: a third more as text, of which there are five million characters.
const MAX_RECORD: usize = 1 << 20;
