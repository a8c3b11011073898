//! Where there are no threads, a storage may hold what cannot be sent, and so may its futures.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::time::Duration;

use bytes::Bytes;
use cachefn_core::{
    AnyStorage, BoxFuture, Bus, Codec, Error, Found, Hear, Hearing, Keep, Message, Notice, Runtime,
    Storage,
};

use crate::everywhere::{boxed, spawned};

/// A storage of one thread, shared by reference counts without atomics.
#[derive(Clone, Default)]
pub struct InAPage(Rc<RefCell<BTreeMap<Vec<u8>, Bytes>>>);

impl Storage for InAPage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let held = Rc::clone(&self.0); // kept over an await
        core::future::ready(()).await;
        let found = held.borrow().get(name).cloned().map(Found::new);
        Ok(found)
    }
    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        self.0.borrow_mut().insert(name.to_vec(), record);
        Ok(())
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        Ok(self.0.borrow_mut().remove(name).is_some())
    }
}

/// An executor of one thread.
struct Tasks(Rc<RefCell<Vec<BoxFuture<'static, ()>>>>);

impl Runtime for Tasks {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.borrow_mut().push(task);
    }
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        let held = Rc::clone(&self.0);
        Box::pin(async move { drop(held) })
    }
}

/// A codec with state of one thread.
struct Counting(Rc<RefCell<u64>>);

impl Codec<u8> for Counting {
    fn id(&self) -> u8 {
        200
    }
    fn encode(&self, value: &u8, out: &mut Vec<u8>) -> Result<(), Error> {
        *self.0.borrow_mut() += 1;
        out.push(*value);
        Ok(())
    }
    fn decode(&self, bytes: &[u8]) -> Result<u8, Error> {
        bytes.first().copied().ok_or_else(|| Error::decoding("it is empty"))
    }
}

/// Tells whoever is in the same page.
struct Page(Rc<RefCell<Vec<Hear>>>);

impl Bus for Page {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.0.borrow().iter().for_each(|hear| hear(Notice::Message(message.clone())));
            Ok(())
        })
    }
    fn subscribe(&self, hear: Hear) -> Hearing {
        self.0.borrow_mut().push(hear);
        Box::new(Rc::clone(&self.0))
    }
}

/// A cache of values, by a fetcher and in a storage, that cannot be sent.
#[cfg(feature = "std")]
pub async fn cached() -> Result<usize, Error> {
    use cachefn_core::{Cache, ManualClock};

    let builder = Cache::<u8, Rc<u8>>::builder("page").storage(InAPage::default());
    // The target has no clock of its own.
    let cache = builder.codec(Shared).clock(ManualClock::new()).build()?;
    let held = Rc::new(7);
    let value = cache.get_or_fetch(&1, || async { Rc::clone(&held) }).await;
    cache.close().await?;
    Ok(usize::from(*value))
}

/// The least of codecs, for a value that cannot be sent.
#[cfg(feature = "std")]
struct Shared;

#[cfg(feature = "std")]
impl Codec<Rc<u8>> for Shared {
    fn id(&self) -> u8 {
        201
    }
    fn encode(&self, value: &Rc<u8>, out: &mut Vec<u8>) -> Result<(), Error> {
        out.push(**value);
        Ok(())
    }
    fn decode(&self, bytes: &[u8]) -> Result<Rc<u8>, Error> {
        bytes.first().map(|byte| Rc::new(*byte)).ok_or_else(|| Error::decoding("it is empty"))
    }
}

/// All of them through the code that is written once.
pub fn all() -> (AnyStorage, impl Codec<u8>, impl Bus) {
    let storage = InAPage::default();
    drop(boxed(storage.clone()));
    spawned(&Tasks(Rc::default()), storage.clone());
    let (heard, bus) = (Rc::new(RefCell::new(0)), Page(Rc::default()));
    #[allow(clippy::arc_with_non_send_sync, reason = "it is an Arc on every target")]
    drop(bus.subscribe(Arc::new(move |_| *heard.borrow_mut() += 1)));
    (AnyStorage::new(storage), Counting(Rc::default()), bus)
}
