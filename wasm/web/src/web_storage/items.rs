//! The items of web storage that are this storage's own.

use std::cell::{Cell, OnceCell, RefCell};

use bytes::Bytes;
use cachefn_core::Page;
use js_sys::{JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Storage as Browsers;

use super::texts;
use crate::failure::Failure;
use crate::item_name::Items;

/// Which of the browser's two.
#[derive(Debug, Clone, Copy)]
pub(super) enum Area {
    Local,
    Session,
}

/// What lies under one prefix.
pub(super) struct Own {
    area: Area,
    items: Items,
    browsers: OnceCell<Browsers>,
    is_closed: Cell<bool>,
    /// The sorted names of a walk that has not ended. Those that were there all the while are in the list of
    /// any time, so walks may share one.
    walk: RefCell<Option<Vec<Bytes>>>,
}

impl Own {
    pub(super) fn new(area: Area, prefix: &str) -> Self {
        Own {
            area,
            items: Items::new(prefix),
            browsers: OnceCell::new(),
            is_closed: Cell::new(false),
            walk: RefCell::default(),
        }
    }

    pub(super) fn area(&self) -> Area {
        self.area
    }

    pub(super) fn get(&self, name: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let text = self.browsers()?.get_item(&self.items.key(name))?;
        Ok(text.and_then(|text| texts::read(&text)))
    }

    pub(super) fn put(&self, name: &[u8], text: &str) -> Result<(), Failure> {
        Ok(self.browsers()?.set_item(&self.items.key(name), text)?)
    }

    pub(super) fn delete(&self, name: &[u8]) -> Result<bool, Failure> {
        let (browsers, key) = (self.browsers()?, self.items.key(name));
        let was_there = browsers.get_item(&key)?.is_some();
        browsers.remove_item(&key)?;
        Ok(was_there)
    }

    /// All names, in no order.
    pub(super) fn list(&self) -> Result<Vec<Vec<u8>>, Failure> {
        // In one call; to ask for them one by one takes some browsers quadratic time.
        let keys = Object::keys(self.browsers()?);
        let text = |key: JsValue| {
            let key: JsString = key.unchecked_into();
            // A key that is no text is no key of ours.
            key.is_valid_utf16().then(|| String::from(key))
        };
        Ok(keys.iter().filter_map(text).filter_map(|key| self.items.name(&key)).collect())
    }

    /// A step of a walk; the cursor is the least name that may come next.
    pub(super) fn names(
        &self,
        prefix: &[u8],
        cursor: &[u8],
        limit: usize,
    ) -> Result<Page, Failure> {
        self.check()?;
        let mut walk = self.walk.borrow_mut();
        let names = match walk.take() {
            Some(names) if !cursor.is_empty() => names,
            _ => {
                let mut names: Vec<Bytes> = self.list()?.into_iter().map(Bytes::from).collect();
                names.sort_unstable();
                names
            }
        };
        let from = names.partition_point(|name| &name[..] < prefix.max(cursor));
        let mut rest = names[from..].iter().take_while(|name| name.starts_with(prefix)).cloned();
        let page = rest.by_ref().take(limit.max(1)).collect();
        let next = rest.next();
        *walk = next.is_some().then_some(names);
        Ok(Page::new(page, next))
    }

    /// Whether it is open.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.is_closed.get() { Err(Failure::Closed) } else { Ok(()) }
    }

    pub(super) fn close(&self) -> Result<(), Failure> {
        self.check()?;
        self.is_closed.set(true);
        self.walk.take();
        Ok(())
    }

    /// The browser's object: looked for until it is found, for it may be refused.
    fn browsers(&self) -> Result<&Browsers, Failure> {
        self.check()?;
        if let Some(browsers) = self.browsers.get() {
            return Ok(browsers);
        }
        let name = match self.area {
            Area::Local => "localStorage",
            Area::Session => "sessionStorage",
        };
        let found = Reflect::get(&js_sys::global(), &name.into())?;
        if !found.is_object() {
            let text = format!("there is no {name} here; windows have it, where it is allowed");
            return Err(Failure::Refused(text));
        }
        Ok(self.browsers.get_or_init(|| found.unchecked_into()))
    }
}
