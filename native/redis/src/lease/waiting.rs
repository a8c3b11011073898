//! Who waits to be told that a name is free.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

/// Those who wait, by number.
#[derive(Default)]
pub(super) struct Waiting {
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    all: BTreeMap<u64, Place>,
    next: u64,
}

struct Place {
    name: Vec<u8>,
    is_told: bool,
    waker: Option<Waker>,
}

impl Waiting {
    /// One more; its number.
    pub(super) fn join(&self, name: &[u8]) -> u64 {
        let mut list = self.lock();
        list.next += 1;
        let number = list.next;
        list.all.insert(number, Place { name: name.into(), is_told: false, waker: None });
        number
    }

    /// Notes how to wake one of them; whether it was told.
    pub(super) fn note(&self, number: u64, waker: &Waker) -> bool {
        // Wakers are cloned and dropped where nothing is locked.
        let waker = waker.clone();
        let mut list = self.lock();
        let Some(place) = list.all.get_mut(&number) else { return true };
        let before = place.waker.replace(waker);
        let is_told = place.is_told;
        drop(list);
        drop(before);
        is_told
    }

    /// This name is free, or all of them may be.
    pub(super) fn tell(&self, name: Option<&[u8]>) {
        let mut list = self.lock();
        let is_meant = |place: &&mut Place| name.is_none_or(|name| place.name == name);
        let woken: Vec<Waker> = list
            .all
            .values_mut()
            .filter(is_meant)
            .filter_map(|place| {
                place.is_told = true;
                place.waker.take()
            })
            .collect();
        drop(list);
        woken.into_iter().for_each(Waker::wake);
    }

    pub(super) fn leave(&self, number: u64) {
        let gone = self.lock().all.remove(&number);
        drop(gone);
    }

    /// A waker of all who wait.
    pub(super) fn bell(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::new(Bell(self.clone())))
    }

    /// Nothing panics while it is held.
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Bell(Arc<Waiting>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let mut list = self.0.lock();
        let woken: Vec<Waker> =
            list.all.values_mut().filter_map(|place| place.waker.take()).collect();
        drop(list);
        woken.into_iter().for_each(Waker::wake);
    }
}
