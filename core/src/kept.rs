//! What lives for as long as the program, for a `static`: where there are no threads, it may be what
//! could not be shared between threads.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::sync::LazyLock;

/// Made when it is asked for the first time.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
#[derive(Debug)]
pub struct Kept<T>(LazyLock<T>);

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl<T> Kept<T> {
    /// Not made yet.
    pub const fn new(make: fn() -> T) -> Self {
        Kept(LazyLock::new(make))
    }

    /// The same each time.
    #[inline]
    pub fn get(&'static self) -> &'static T {
        &self.0
    }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use alone::Kept;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) use alone::kept_at;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod alone {
    use alloc::boxed::Box;
    use alloc::collections::BTreeMap;
    use core::any::{Any, TypeId};
    use core::cell::RefCell;

    type Places = BTreeMap<(usize, TypeId), &'static dyn Any>;

    std::thread_local! {
        /// By the address of the `static`, which knows only how to make it.
        static KEPT: RefCell<Places> = const { RefCell::new(BTreeMap::new()) };
    }

    /// Made when a thread asks for it for the first time.
    #[derive(Debug)]
    pub struct Kept<T> {
        make: fn() -> T,
        /// So that no two of them have one address.
        _place: u8,
    }

    impl<T: 'static> Kept<T> {
        /// Not made yet.
        pub const fn new(make: fn() -> T) -> Self {
            Kept { make, _place: 0 }
        }

        /// The same each time.
        pub fn get(&'static self) -> &'static T {
            kept_at(core::ptr::from_ref(self).addr(), TypeId::of::<T>(), self.make)
        }
    }

    /// What is kept at an address, for one of those who share it.
    pub(crate) fn kept_at<T: 'static>(
        address: usize,
        sharer: TypeId,
        make: fn() -> T,
    ) -> &'static T {
        let find = || KEPT.with(|kept| kept.borrow().get(&(address, sharer)).copied());
        if let Some(kept) = find().and_then(|kept| kept.downcast_ref()) {
            return kept;
        }
        let made: &'static T = Box::leak(Box::new(make()));
        KEPT.with(|kept| kept.borrow_mut().insert((address, sharer), made));
        made
    }
}
